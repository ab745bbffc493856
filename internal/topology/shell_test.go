package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAssignments(t *testing.T) {
	cases := []struct {
		name, script string
		want         []assignment
		problem      string
	}{
		{"as the charms write it", "K8S_DNS_IPS=\"10.152.183.10\"\nNOT_ROUTED_TO_GATEWAY_CIDRS=\"10.1.0.0/16 10.152.183.0/24\"\nVXLAN_ID=\"42\"\nVXLAN_IP_NETWORK=\"172.16.0\"",
			[]assignment{{"K8S_DNS_IPS", "10.152.183.10"}, {"NOT_ROUTED_TO_GATEWAY_CIDRS", "10.1.0.0/16 10.152.183.0/24"}, {"VXLAN_ID", "42"}, {"VXLAN_IP_NETWORK", "172.16.0"}}, ""},
		{"empty", "", nil, ""},
		{"comments and blank lines", "#!/bin/bash\n\n# A=1\n  B=2 # C=3\nD=a#b\n", []assignment{{"B", "2"}, {"D", "a#b"}}, ""},
		{"export", "export A=1\nexport B='2' C=3\nexport A\n", []assignment{{"A", "1"}, {"B", "2"}, {"C", "3"}}, ""},
		{"quotes side by side", `A=a"b c"'d"e'f`, []assignment{{"A", `ab cd"ef`}}, ""},
		{"escapes", `A=a\ b` + "\n" + `B="\"\\\$\a"` + "\n" + `C='\n'`, []assignment{{"A", "a b"}, {"B", `"\$\a`}, {"C", `\n`}}, ""},
		{"line continued", "A=a\\\nb\nB=\"c\\\nd\"\nC=1 \\\n D=2", []assignment{{"A", "ab"}, {"B", "cd"}, {"C", "1"}, {"D", "2"}}, ""},
		{"over several lines", "A='1\n2'\nB=\"3\n4\"", []assignment{{"A", "1\n2"}, {"B", "3\n4"}}, ""},
		{"several on a line", "A=1 B=2; C=3;D=4", []assignment{{"A", "1"}, {"B", "2"}, {"C", "3"}, {"D", "4"}}, ""},
		{"twice", "A=1\nB=2\nA=3", []assignment{{"A", "3"}, {"B", "2"}}, ""},
		{"nothing", "A=\nB=''", []assignment{{"A", ""}, {"B", ""}}, ""},
		{"equals sign in the value", "A=b=c", []assignment{{"A", "b=c"}}, ""},
		{"Windows line end is part of the value", "A=1\r\nB=2", []assignment{{"A", "1\r"}, {"B", "2"}}, ""},
		{"expansion", "A=\"$B\"\nC=3", []assignment{{"C", "3"}}, "line 1: a value that the shell has to make is not known"},
		{"expansion in single quotes is none", "A='$B'", []assignment{{"A", "$B"}}, ""},
		{"command substitution", "A=1\nB=`x`\nC=$(y)", []assignment{{"A", "1"}}, "line 2: a value that the shell has to make is not known"},
		{"command", "A=1\necho x\nB=2", []assignment{{"A", "1"}, {"B", "2"}}, "line 2: \"echo\" is no assignment"},
		{"for a command only", "A=1 echo x", nil, "line 1: \"echo\" is no assignment"},
		{"space before the equals sign", "A =1", nil, "line 1: \"A\" is no assignment"},
		{"colon instead", "A: 1", nil, "line 1: \"A:\" is no assignment"},
		{"quoted name", "'A'=1", nil, "line 1: \"'A'=1\" is no assignment"},
		{"name that is none", "1A=1", nil, "line 1: \"1A=1\" is no assignment"},
		{"quote not closed", "A=1\nB='x\ny", []assignment{{"A", "1"}}, "line 2: a quote is not closed"},
		{"double quote not closed", "A=\"x", nil, "line 1: a quote is not closed"},
		{"pipe", "A=1|x\nB=2", []assignment{{"B", "2"}}, "line 1: \"|\" is no assignment"},
		{"long line", strings.Repeat("x", 50), nil, "line 1: \"" + strings.Repeat("x", 40) + "…\" is no assignment"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, problem := parseAssignments(c.script)
			require.Equal(t, c.want, got)
			require.Equal(t, c.problem, problem)
		})
	}
}

func FuzzParseAssignments(f *testing.F) {
	for _, s := range []string{
		"A=1\nexport B='2' # c\nC=\"x\\\"y\"\n", "A=$B", "A=`b`;C=d", "A='\n", "A=\"\\", "=", "A=1\\\nB", ";;\n#", "é=1\nA=é", "A=b c", "export", "A='1' 'B'=2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, script string) {
		found, problem := parseAssignments(script)
		seen := map[string]bool{}
		var again strings.Builder
		for _, a := range found {
			require.True(t, isVariable(a.name))
			require.False(t, seen[a.name], "%s twice", a.name)
			seen[a.name] = true
			again.WriteString(a.name + "='" + strings.ReplaceAll(a.value, "'", `'\''`) + "'\n")
		}
		if problem != "" {
			require.Regexp(t, `^line \d+: `, problem)
		}
		// Written in single quotes, which take everything as it is, it reads the same.
		same, none := parseAssignments(again.String())
		require.Empty(t, none)
		require.Equal(t, found, same)
	})
}
