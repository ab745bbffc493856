// Package topology joins a snapshot into stacks: applications, workloads,
// namespaces, policies and relations linked, one document a Charmarr
// deployment. It says what is; what must be is for the rules to say.
//
// Words: a stack is the models and namespaces of one deployment. A part (core,
// downloads, gateway) is what a model is for; a role (media-manager,
// download-client, vpn-gateway, …) what an application does; a profile says
// which role belongs in which part.
//
// The package is pure functions over plain data: no input, no output, no
// clock. What it cannot know it says as unknown ("") and never guesses.
package topology

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Result is a snapshot joined under a profile.
type Result struct {
	Stacks []Stack
	// Notes say what was inferred or assumed, one sentence each.
	Notes []string
	// Gaps are facts that were read and could not be placed.
	Gaps []snapshot.Gap
	// Annotated are the annotations written for charmarr-lint.
	Annotated []Annotated
	// Placed are the sources that name no model and were taken for one's.
	Placed []Placed
	// Unplaced are sources that name no model and fit none, or several; each is
	// among the gaps.
	Unplaced []string
}

// Placed is a source that names no model, and the one that it was taken for.
type Placed struct {
	Source string
	Model  string
	Basis  string // what told: "they share 12 applications"
}

// Resolve joins a snapshot into stacks under a profile.
func Resolve(s snapshot.Snapshot, p Profile) Result {
	s, several := oneCluster(s)
	e := newEstate(s, p)
	e.gaps = append(e.gaps, several...)
	result := Result{Stacks: []Stack{}}
	stacks := e.stacks()
	e.cluster, e.system = e.clusterDocument(), e.systemServices()
	e.clashing = e.clashes(slices.Concat(heldVXLAN(stacks), e.heldMedia(stacks)))
	e.planes = e.controlPlanes()
	for _, st := range stacks {
		result.Stacks = append(result.Stacks, e.document(st))
	}
	away, gaps := e.away(stacks, p)
	for i, st := range result.Stacks {
		if other, ok := away[st.Name]; ok {
			result.Stacks[i] = other
		}
	}
	e.gaps = append(e.gaps, gaps...)
	e.looksOther(result.Stacks)
	e.withoutRole(result.Stacks)
	if len(e.byFileName) > 0 {
		slices.Sort(e.byFileName)
		e.notes = append(e.notes, "sources that name no model were taken by their files' names: "+strings.Join(e.byFileName, ", "))
	}
	if len(e.bySecret) > 0 {
		slices.Sort(e.bySecret)
		e.notes = append(e.notes, "secrets that name no model were taken by who uses them: "+strings.Join(e.bySecret, ", "))
	}
	if len(e.byAddress) > 0 {
		slices.Sort(e.byAddress)
		e.notes = append(e.notes, "units that name no model were taken by their addresses: "+strings.Join(e.byAddress, ", "))
	}
	slices.Sort(e.notes)
	result.Notes = slices.Compact(e.notes)
	result.Gaps = e.gaps
	result.Annotated = e.annotated(stacks)
	result.Placed, result.Unplaced = e.placed, e.unplaced
	return result
}

// withoutRole names the applications that take part in Charmarr's own relations
// under a charm that nobody gave a role: no rule judges them.
func (e *estate) withoutRole(stacks []Stack) {
	for _, s := range stacks {
		for _, r := range s.Relations {
			if !OwnInterface(r.Interface) {
				continue
			}
			for _, x := range []RelationEnd{r.Provider, r.Requirer} {
				if x.ID != "" && x.Role == "" && x.Charm != "" {
					e.notes = append(e.notes, "application "+x.Application+" in model "+x.Model+" is related on interface "+r.Interface+", and its charm "+x.Charm+" has no role: no rule judges it; give the charm one under roles in a profile")
				}
			}
		}
	}
}

// looksOther points to the other profile where a stack under the three-model
// layout has everything in one model, or one under a single model has several.
func (e *estate) looksOther(stacks []Stack) {
	for _, s := range stacks {
		if e.profile.Layout != ThreeModels {
			if len(s.Models) > 1 {
				names := make([]string, len(s.Models))
				for i, m := range s.Models {
					names[i] = m.Name
				}
				e.notes = append(e.notes, "stack "+s.Name+" stands in "+strings.Join(names, ", ")+", and profile "+e.profile.Name+" is for a deployment in one model: where it stands does not get judged; --profile adr-006 does")
			}
			continue
		}
		if len(s.Models) != 1 {
			continue
		}
		has := map[string]bool{}
		for _, a := range s.Applications {
			has[a.Group] = true
		}
		if has[GroupContent] && has[GroupDownload] && has[GroupVPN] {
			e.notes = append(e.notes, "stack "+s.Name+" has everything in model "+s.Models[0].Name+": if that is meant, as Charmarr's own Terraform deploys it, use --profile single-model")
		}
	}
}
