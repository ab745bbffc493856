package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// danglingRefs finds references to rules that do not exist. OPA takes
// data.lib.stack.vpn_gatewayz for data that may yet be loaded, and so for
// undefined: the rule that asks for it would never fire. Here nothing but
// data.parameters is ever loaded, so that such a reference is a mistake.
func danglingRefs(compiler *ast.Compiler) Errors {
	var errs Errors
	for _, name := range slices.Sorted(maps.Keys(compiler.Modules)) {
		for _, def := range compiler.Modules[name].Rules {
			ast.WalkRefs(def, func(ref ast.Ref) bool {
				if e := dangling(compiler.RuleTree, ref); e != nil {
					errs = append(errs, e)
				}
				return false
			})
		}
	}
	return errs
}

// dangling follows a reference from data down the tree of rules.
func dangling(tree *ast.TreeNode, ref ast.Ref) *PolicyError {
	if !ref.HasPrefix(ast.DefaultRootRef) || len(ref) < 2 || ref[1].Value.Compare(ast.String("parameters")) == 0 {
		return nil
	}
	node := tree.Child(ast.DefaultRootDocument.Value)
	for i := 1; node != nil && i < len(ref); i++ {
		key, ok := ref[i].Value.(ast.String)
		if !ok || len(node.Values) > 0 {
			return nil // a rule, or a name that is not known before it runs
		}
		next := node.Child(key)
		if next == nil {
			e := at(KindType, ref[0].Location, "undefined ref: %s", ref[:i+1])
			known := children(node)
			if i == 1 {
				known = append(known, "parameters")
			}
			e.Hint = fmt.Sprintf("there is no %s; known are %s", string(key), strings.Join(known, ", "))
			return e
		}
		node = next
	}
	return nil
}

func children(node *ast.TreeNode) []string {
	names := make([]string, 0, len(node.Children))
	for key := range node.Children {
		names = append(names, strings.Trim(key.String(), `"`))
	}
	slices.Sort(names)
	return names
}
