package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
)

// maxAnswer bounds an answer. A page holds reports of at most maxBytes.
const (
	maxAnswer = 2 * page * maxBytes
	page      = 20
)

// api is what is asked of the API server.
type api struct{ server apiserver.Client }

func newAPI(server apiserver.Client) api {
	server.Most = maxAnswer
	return api{server}
}

// passing tells whether a request failed for what has changed meanwhile: the next
// look sees it as it is.
func passing(err error) bool {
	e, ok := errors.AsType[*apiserver.Error](err)
	return ok && (apiserver.IsNotFound(e) || e.Reason == "Conflict" || e.Ending)
}

// do sends a request; an error says what was being done.
func (a api) do(ctx context.Context, r apiserver.Request, into any, doing string, args ...any) error {
	err := a.server.Do(ctx, r, into)
	if err == nil {
		return nil
	}
	doing = fmt.Sprintf(doing, args...)
	if apiserver.LacksRight(err) {
		return fmt.Errorf("%s: %w: deploy/reports has every rule of RBAC that is needed", doing, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// installed returns the form to write, none where there is none, and the forms that
// are installed besides.
func (a api) installed(ctx context.Context) (to *form, others []form, err error) {
	for _, f := range forms() {
		var list struct {
			Resources []struct {
				Name string `json:"name"`
			} `json:"resources"`
		}
		err := a.do(ctx, apiserver.Request{Method: http.MethodGet, Path: "/apis/" + f.group + "/" + f.version}, &list,
			"asking whether %s/%s is installed", f.group, f.version)
		switch {
		case apiserver.IsNotFound(err):
			continue
		case err != nil:
			return nil, nil, err
		}
		serves := func(name string) bool {
			for _, r := range list.Resources {
				if r.Name == name {
					return true
				}
			}
			return false
		}
		switch {
		case !serves(f.resource) || !serves(f.clusterResource): // half of it is none
		case to == nil:
			to = &f
		default:
			others = append(others, f)
		}
	}
	return to, others, nil
}

// own lists the objects of a form that this installation wrote.
func (a api) own(ctx context.Context, f form, installation string) ([]object, error) {
	var out []object
	for _, kind := range [][2]string{{f.resource, f.kind}, {f.clusterResource, f.clusterKind}} {
		resource := kind[0]
		query := url.Values{"labelSelector": {ownSelector(installation)}, "limit": {strconv.Itoa(page)}}
		for {
			var list struct {
				Metadata struct {
					Continue string `json:"continue"`
				} `json:"metadata"`
				Items []object `json:"items"`
			}
			r := apiserver.Request{Method: http.MethodGet, Path: "/apis/" + f.group + "/" + f.version + "/" + resource, Query: query}
			if err := a.do(ctx, r, &list, "listing %s.%s", resource, f.group); err != nil {
				return nil, err
			}
			for _, o := range list.Items {
				o.APIVersion, o.Kind = f.group+"/"+f.version, kind[1] // items of a list do not always say so
				out = append(out, o)
			}
			if list.Metadata.Continue == "" {
				break
			}
			query.Set("continue", list.Metadata.Continue)
		}
	}
	return out, nil
}

func (a api) create(ctx context.Context, f form, o object) error {
	err := a.do(ctx, apiserver.Request{Method: http.MethodPost, Path: f.path(o.Metadata.Namespace, ""), Body: o}, nil, "making %s", o)
	if e, ok := errors.AsType[*apiserver.Error](err); ok && e.Reason == "AlreadyExists" {
		return fmt.Errorf("making %s: there is one of that name without the labels of this installation (%s), which is left alone: delete or rename it", o, ownSelector(o.Metadata.Labels[installationLabel]))
	}
	return err
}

func (a api) update(ctx context.Context, f form, o object) error {
	r := apiserver.Request{Method: http.MethodPut, Path: f.path(o.Metadata.Namespace, o.Metadata.Name), Body: o}
	return a.do(ctx, r, nil, "replacing %s", o)
}

// remove deletes an object, provided that it is still the one that was listed.
func (a api) remove(ctx context.Context, f form, o object) error {
	options := map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions",
		"preconditions": map[string]string{"uid": o.Metadata.UID, "resourceVersion": o.Metadata.ResourceVersion},
	}
	r := apiserver.Request{Method: http.MethodDelete, Path: f.path(o.Metadata.Namespace, o.Metadata.Name), Body: options}
	return a.do(ctx, r, nil, "deleting %s", o)
}

// ownSelector selects what an installation wrote.
func ownSelector(installation string) string {
	parts := []string{managedLabel + "=" + tool, installationLabel + "=" + installation}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}
