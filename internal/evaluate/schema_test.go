package evaluate

import (
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/policies"
)

func TestCommittedSchemaIsCurrent(t *testing.T) {
	want, err := StackSchema()
	require.NoError(t, err)
	got, err := fs.ReadFile(policies.Files, "schemas/stack.json")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run `go run ./tools/gen`")
}
