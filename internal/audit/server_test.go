package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
)

// server is an API server that knows Leases and the kinds of report objects that are
// installed. It keeps what was written and what was asked for.
type server struct {
	*httptest.Server

	lock      sync.Mutex
	installed map[string]bool           // groups
	objects   map[string]map[string]any // by path
	version   int
	asked     []asked
	refuse    func(method, path string) (code int, answer string) // 0 answers
	down      bool
}

type asked struct{ verb, group, resource, name string }

func newServer(t testing.TB, installed ...string) *server {
	t.Helper()
	s := &server{installed: map[string]bool{}, objects: map[string]map[string]any{}, refuse: func(string, string) (int, string) { return 0, "" }}
	for _, group := range installed {
		s.installed[group] = true
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) client() apiserver.Client {
	base, err := url.Parse(s.URL)
	if err != nil {
		panic(err) // of this file
	}
	return apiserver.Client{Base: base, HTTP: s.Client()}
}

// with changes the server between requests.
func (s *server) with(change func()) {
	s.lock.Lock()
	defer s.lock.Unlock()
	change()
}

// ServeHTTP answers as an API server does.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.down {
		panic(http.ErrAbortHandler)
	}
	path := strings.TrimPrefix(r.URL.Path, "/apis/")
	parts := strings.Split(path, "/")
	group, rest := parts[0], parts[2:]
	if len(rest) > 2 && rest[0] == "namespaces" {
		rest = rest[2:]
	}
	if code, text := s.refuse(r.Method, path); code != 0 {
		answer(w, code, json.RawMessage(text))
		return
	}
	if known := group == "coordination.k8s.io" || s.installed[group]; !known {
		refuse(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
		return
	}
	if len(rest) == 0 { // discovery, which everybody may
		var resources []map[string]string
		for _, f := range forms() {
			if f.group == group {
				resources = append(resources, map[string]string{"name": f.resource}, map[string]string{"name": f.clusterResource})
			}
		}
		answer(w, http.StatusOK, map[string]any{"kind": "APIResourceList", "resources": resources})
		return
	}
	name := ""
	if len(rest) > 1 {
		name = rest[1]
	}
	verbs := map[string]string{http.MethodGet: "get", http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}
	verb := verbs[r.Method]
	if verb == "get" && name == "" {
		verb = "list"
	}
	s.asked = append(s.asked, asked{verb, group, rest[0], name})
	var body map[string]any
	if text, _ := io.ReadAll(r.Body); len(text) > 0 {
		if err := json.Unmarshal(text, &body); err != nil {
			refuse(w, http.StatusBadRequest, "BadRequest", err.Error())
			return
		}
	}
	s.do(w, r, verb, path, rest[0], body)
}

func (s *server) do(w http.ResponseWriter, r *http.Request, verb, path, resource string, body map[string]any) {
	current := s.objects[path]
	switch verb {
	case "list":
		answer(w, http.StatusOK, s.list(path, resource, r.URL.Query().Get("labelSelector"), r.URL.Query().Get("continue"), r.URL.Query().Get("limit")))
	case "create":
		path += "/" + meta(body, "name")
		if s.objects[path] != nil {
			refuse(w, http.StatusConflict, "AlreadyExists", "it is there already")
			return
		}
		answer(w, http.StatusCreated, s.put(path, body))
	case "get", "update", "delete":
		if current == nil {
			refuse(w, http.StatusNotFound, "NotFound", "there is none")
			return
		}
		version := meta(body, "resourceVersion")
		if preconditions, ok := body["preconditions"].(map[string]any); ok {
			version, _ = preconditions["resourceVersion"].(string)
		}
		switch {
		case verb == "get":
			answer(w, http.StatusOK, current)
		case version != meta(current, "resourceVersion"):
			refuse(w, http.StatusConflict, "Conflict", "it has been modified")
		case verb == "update":
			answer(w, http.StatusOK, s.put(path, body))
		default:
			delete(s.objects, path)
			answer(w, http.StatusOK, map[string]any{"kind": "Status", "status": "Success"})
		}
	}
}

// list lists the objects of a resource, of all namespaces, in pages.
func (s *server) list(path, resource, selector, from, limit string) map[string]any {
	prefix := strings.TrimSuffix(path, resource)
	items := []map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		o := s.objects[key]
		within := strings.TrimPrefix(key, prefix)
		if !strings.HasPrefix(key, prefix) || !(strings.HasPrefix(within, resource+"/") || strings.HasPrefix(within, "namespaces/") && strings.Contains(within, "/"+resource+"/")) {
			continue
		}
		labels, _ := o["metadata"].(map[string]any)["labels"].(map[string]any)
		matches := true
		for term := range strings.SplitSeq(selector, ",") {
			key, value, _ := strings.Cut(term, "=")
			matches = matches && labels[key] == value
		}
		if matches {
			items = append(items, o)
		}
	}
	start, _ := strconv.Atoi(cmp.Or(from, "0"))
	most, _ := strconv.Atoi(cmp.Or(limit, "1000"))
	metadata := map[string]any{}
	if end := start + most; end < len(items) {
		items = items[:end]
		metadata["continue"] = strconv.Itoa(end)
	}
	return map[string]any{"kind": "List", "metadata": metadata, "items": items[start:]}
}

func (s *server) put(path string, body map[string]any) map[string]any {
	s.version++
	metadata := body["metadata"].(map[string]any)
	metadata["resourceVersion"] = strconv.Itoa(s.version)
	metadata["uid"] = path
	s.objects[path] = body
	return body
}

func meta(o map[string]any, key string) string {
	metadata, _ := o["metadata"].(map[string]any)
	value, _ := metadata[key].(string)
	return value
}

func answer(w http.ResponseWriter, code int, body any) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code int, reason, message string) {
	answer(w, code, map[string]any{"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code})
}

// paths are those of the report objects that are there.
func (s *server) paths() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	out := []string{}
	for path := range s.objects {
		if !strings.HasPrefix(path, "coordination") {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// writes counts requests that change something, and forgets them.
func (s *server) writes() map[string]int {
	s.lock.Lock()
	defer s.lock.Unlock()
	out := map[string]int{}
	for _, a := range s.asked {
		if a.verb != "get" && a.verb != "list" && a.group != "coordination.k8s.io" {
			out[a.verb]++
		}
	}
	s.asked = nil
	return out
}

// forbidden is how RBAC refuses.
func forbidden(what string) string {
	return fmt.Sprintf(`{"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"%s is forbidden: User \"nobody\" cannot do that"}`, what)
}
