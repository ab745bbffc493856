package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// API is an API server. Requests are plain HTTP with JSON: six kinds of request need
// no client library.
type API struct {
	// URL is its address, Client what knows how to log in.
	URL    string
	Client *http.Client
}

const (
	// requestTime bounds a request.
	requestTime = 15 * time.Second
	// busyPause is how long a server that is busy is left alone, as it asks itself.
	busyPause = time.Second
	// maxAnswer bounds an answer. A page holds reports of at most maxBytes.
	maxAnswer = 2 * page * maxBytes
	page      = 20
)

// problem is an answer of the API server that is none of success.
type problem struct {
	code            int
	reason, message string
	ending          bool // the namespace is on its way out
}

// Error says what the API server answered.
func (p *problem) Error() string {
	if p.code == http.StatusForbidden && !p.ending {
		return "it is forbidden: " + p.message + ": deploy/reports has every rule of RBAC that is needed"
	}
	return fmt.Sprintf("the API server answered %d: %s", p.code, p.message)
}

func isNotFound(err error) bool { return has(err, http.StatusNotFound) }
func isConflict(err error) bool { return has(err, http.StatusConflict) }

func has(err error, code int) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && p.code == code
}

// passing tells whether a request failed for what has changed meanwhile: the next
// look sees it as it is.
func passing(err error) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && (p.code == http.StatusNotFound || p.code == http.StatusConflict && p.reason == "Conflict" || p.ending)
}

// do sends a request and reads the answer, each as JSON where there is one. A server
// that is busy, or has just learnt of a kind, is asked again for as long as a request
// may take.
func (a API) do(ctx context.Context, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encoding a request: %w", err)
		}
	}
	for {
		err := a.once(ctx, method, path, text, into)
		if !has(err, http.StatusTooManyRequests) || !sleep(ctx, busyPause) {
			return err
		}
	}
}

func (a API) once(ctx context.Context, method, path string, text []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(a.URL, "/")+path, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	if len(text) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := a.Client.Do(req)
	if at, ok := errors.AsType[*url.Error](err); ok {
		err = at.Err // the caller says what was asked
	}
	if err != nil {
		return fmt.Errorf("the API server did not answer: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the API server's answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return problemOf(resp.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("the API server's answer is not the JSON that was asked for: %w", err)
	}
	return nil
}

func problemOf(code int, answer []byte) error {
	var status struct {
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Details struct {
			Causes []struct {
				Reason string `json:"reason"`
			} `json:"causes"`
		} `json:"details"`
	}
	p := &problem{code: code, message: http.StatusText(code)}
	if json.Unmarshal(answer, &status) == nil && status.Message != "" {
		p.message, p.reason = cut(status.Message, 500), status.Reason
		for _, c := range status.Details.Causes {
			p.ending = p.ending || c.Reason == "NamespaceTerminating"
		}
	}
	return p
}

// installed returns the form to write, none where there is none, and the forms that
// are installed besides.
func (a API) installed(ctx context.Context) (to *form, others []form, err error) {
	for _, f := range forms() {
		var list struct {
			Resources []struct {
				Name string `json:"name"`
			} `json:"resources"`
		}
		err := a.do(ctx, http.MethodGet, "/apis/"+f.group+"/"+f.version, nil, &list)
		switch {
		case isNotFound(err):
			continue
		case err != nil:
			return nil, nil, wrapped(err, "asking whether %s/%s is installed", f.group, f.version)
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
func (a API) own(ctx context.Context, f form, installation string) ([]object, error) {
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
			if err := a.do(ctx, http.MethodGet, "/apis/"+f.group+"/"+f.version+"/"+resource+"?"+query.Encode(), nil, &list); err != nil {
				return nil, wrapped(err, "listing %s.%s", resource, f.group)
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

func (a API) create(ctx context.Context, f form, o object) error {
	err := a.do(ctx, http.MethodPost, f.path(o.Metadata.Namespace, ""), o, nil)
	if p, ok := errors.AsType[*problem](err); ok && p.reason == "AlreadyExists" {
		return fmt.Errorf("making %s: there is one of that name without the labels of this installation (%s), which is left alone: delete or rename it", o, ownSelector(o.Metadata.Labels[installationLabel]))
	}
	return wrapped(err, "making %s", o)
}

func (a API) update(ctx context.Context, f form, o object) error {
	return wrapped(a.do(ctx, http.MethodPut, f.path(o.Metadata.Namespace, o.Metadata.Name), o, nil), "replacing %s", o)
}

// remove deletes an object, provided that it is still the one that was listed.
func (a API) remove(ctx context.Context, f form, o object) error {
	options := map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions",
		"preconditions": map[string]string{"uid": o.Metadata.UID, "resourceVersion": o.Metadata.ResourceVersion},
	}
	return wrapped(a.do(ctx, http.MethodDelete, f.path(o.Metadata.Namespace, o.Metadata.Name), options, nil), "deleting %s", o)
}

// ownSelector selects what an installation wrote.
func ownSelector(installation string) string {
	parts := []string{managedLabel + "=" + tool, installationLabel + "=" + installation}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}
