package cli

import (
	"fmt"

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
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return root.GenZshCompletion(p.stdout)
			case "fish":
				return root.GenFishCompletion(p.stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.stdout)
			}
			return oneOf("completion", args[0], shells)
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
