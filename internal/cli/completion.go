package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/lint"
)

func newCompletion(p *program) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:                   "completion bash|zsh|fish|powershell",
		DisableFlagsInUseLine: true,
		Short:                 "Print a completion script for a shell",
		Example: `  # bash, for this session
  source <(charmarr-lint completion bash)

  # zsh, for good
  charmarr-lint completion zsh > "${fpath[1]}/_charmarr-lint"

  # fish, for good
  charmarr-lint completion fish > ~/.config/fish/completions/charmarr-lint.fish`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("name one shell: bash, zsh, fish or powershell")
			}
			root := cmd.Root()
			write := map[string]func(io.Writer) error{
				"bash":       func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
				"zsh":        root.GenZshCompletion,
				"fish":       func(w io.Writer) error { return root.GenFishCompletion(w, true) },
				"powershell": root.GenPowerShellCompletionWithDesc,
			}[args[0]]
			if write == nil {
				return oneOf("completion", args[0], shells)
			}
			return written("the script", write(p.stdout))
		},
	}
}

// ruleNames are the ids of the built-in rules, for completion. They come from
// the names of the folders: completing a word compiles nothing.
func ruleNames() []string {
	var out []string
	for _, id := range lint.BuiltInRules() {
		out = append(out, string(id))
	}
	return out
}
