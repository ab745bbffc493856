package apiserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serving has an API server that answers as a handler does.
func serving(t *testing.T, handler http.HandlerFunc) Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL + "/clusters/a/")
	require.NoError(t, err)
	return Client{Base: base, HTTP: server.Client(), Most: 1000, Time: 5 * time.Second}
}

// saying answers with a body of a type.
func saying(code int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

const canary = "canary" // of an object, and never part of an error

// TestAnswers reads what may be answered: an error says what is wrong, and nothing of
// what an object holds.
func TestAnswers(t *testing.T) {
	const asJSON = "application/json"
	status := func(code int, message string) http.HandlerFunc {
		return saying(code, asJSON, fmt.Sprintf(`{"kind":"Status","reason":"Why","message":%q}`, message))
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string // empty is no error
	}{
		"an object":                {saying(200, asJSON, `{"a":"b"}`), ""},
		"made":                     {saying(201, asJSON+"; charset=utf-8", "{\"a\":\"b\"}\n"), ""},
		"without a type":           {saying(200, "", `{"a":"b"}`), ""},
		"a page that logs in":      {saying(200, "text/html; charset=utf-8", "<html>canary</html>"), `the API server's answer is not the JSON that was asked for, but "text/html": see what is between here and the API server`},
		"of no type":               {saying(200, ";;", "canary"), "the API server's answer is not the JSON that was asked for"},
		"broken off":               {saying(200, asJSON, `{"a":"canary`), "the API server's answer is not the JSON that was asked for"},
		"more than one":            {saying(200, asJSON, `{"a":"b"}{"a":"canary"}`), "the API server's answer is not the JSON that was asked for"},
		"of another shape":         {saying(200, asJSON, `["canary"]`), "the API server's answer is not the JSON that was asked for"},
		"null":                     {saying(200, asJSON, " null\n"), "the API server's answer is not the JSON that was asked for"},
		"nothing":                  {saying(200, asJSON, ""), "the API server's answer is not the JSON that was asked for"},
		"too large":                {saying(200, asJSON, `{"a":"`+strings.Repeat(canary, 1000)+`"}`), "the API server's answer has more than 1000 bytes, which is more than there can be"},
		"a refusal that is":        {saying(500, asJSON, strings.Repeat(canary, 1000)), "the API server's answer has more than 1000 bytes, which is more than there can be"},
		"shorter than said":        {short, "the API server's answer broke off: unexpected EOF"},
		"the connection cut":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "the API server did not answer: EOF"},
		"a gateway that is bad":    {saying(502, "text/html", "<html>canary</html>"), "the API server answered 502 Bad Gateway"},
		"a code of nobody's":       {saying(599, asJSON, `{"message":7,"a":"canary"}`), "the API server answered 599"},
		"no Status, but a message": {saying(401, asJSON, `{"type":"error","message":"must authenticate"}`), "the API server answered 401: must authenticate"},
		"not found":                {status(404, `secrets "a" not found`), `the API server answered 404: secrets "a" not found`},
		"forbidden":                {status(403, `secrets "a" is forbidden`), `it is forbidden: secrets "a" is forbidden`},
		"refused by admission":     {status(403, `admission webhook "a" denied the request: b`), `admission webhook "a" denied the request: b`},
		"of several lines":         {status(422, "a:\n  b\n\n  c"), "the API server answered 422: a: b c"},
		"of many words":            {status(422, strings.Repeat("ä", 300)), "the API server answered 422: " + strings.Repeat("ä", 250) + "…"},
		"within a character":       {status(422, "x"+strings.Repeat("ä", 300)), "the API server answered 422: x" + strings.Repeat("ä", 249) + "…"},
		"a namespace that ends": {saying(403, asJSON, `{"message":"it ends","reason":"Forbidden","details":{"causes":[{"reason":"A"},{"reason":"NamespaceTerminating"}]}}`),
			"the API server answered 403: it ends"},
	} {
		t.Run(name, func(t *testing.T) {
			var into struct {
				A string `json:"a"`
			}
			err := serving(t, c.handler).Do(t.Context(), Request{Method: http.MethodGet, Path: "/api"}, &into)
			if c.want == "" {
				require.NoError(t, err)
				require.Equal(t, "b", into.A)
				return
			}
			require.EqualError(t, err, c.want)
			require.NotContains(t, err.Error(), canary)
		})
	}
}

// short promises more than it gives.
func short(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"a":"canary"}`)
}

// TestRequests are sent as they were meant.
func TestRequests(t *testing.T) {
	var sent string
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		sent = strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Accept"), r.Header.Get("Content-Type"), string(text)}, " ")
		_, _ = io.WriteString(w, `{"n":12345678901234567890}`)
	})
	var into map[string]any
	require.NoError(t, c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/api/v1", Query: url.Values{"a": {"b c"}}}, &into))
	require.Equal(t, "GET /clusters/a/api/v1?a=b+c application/json  ", sent)
	require.Equal(t, "12345678901234567890", fmt.Sprint(into["n"]), "numbers are as they are written")
	require.NoError(t, c.Do(t.Context(), Request{Method: http.MethodPut, Path: "/api/v1", Body: into}, nil))
	require.Equal(t, `PUT /clusters/a/api/v1 application/json application/json {"n":12345678901234567890}`, sent)
	require.NoError(t, c.Do(t.Context(), Request{Method: http.MethodPatch, Path: "/api", Body: map[string]string{}, ContentType: "application/merge-patch+json"}, nil))
	require.Equal(t, `PATCH /clusters/a/api application/json application/merge-patch+json {}`, sent)

	err := c.Do(t.Context(), Request{Method: http.MethodPut, Path: "/api", Body: map[string]any{canary: func() {}}}, nil)
	require.EqualError(t, err, "encoding a request: it has what JSON cannot say")
	require.ErrorContains(t, c.Do(t.Context(), Request{Method: "A B", Path: "/api"}, nil), "making a request: ")
}

// TestRedirects are not followed: who asks would log in wherever they lead.
func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was followed") }))
	defer elsewhere.Close()
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			c := serving(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, code) })
			err := c.Do(t.Context(), Request{Method: method, Path: "/api", Body: map[string]string{"a": canary}}, nil)
			require.EqualError(t, err, fmt.Sprintf("the API server answered %d %s, which leads elsewhere, and no API server's answer does: see its address, and what is between here and there", code, http.StatusText(code)))
			require.Equal(t, code, Code(err))
		}
	}
}

// TestBusy asks a server again that says that it is busy, for as long as a request may
// take, and no other that fails.
func TestBusy(t *testing.T) {
	for name, c := range map[string]struct {
		code  int
		after string
		busy  int // answers before it is well
		time  time.Duration
		asked int
		waits time.Duration // at least
		want  int           // code; zero is success
	}{
		"once":                          {code: 429, after: "1", busy: 1, time: 30 * time.Second, asked: 2, waits: time.Second},
		"says no time":                  {code: 429, busy: 1, time: 30 * time.Second, asked: 2, waits: busyPause},
		"says a date":                   {code: 429, after: "Fri, 31 Dec 1999 23:59:59 GMT", busy: 1, time: 30 * time.Second, asked: 2, waits: busyPause},
		"says none at all":              {code: 429, after: "0", busy: 1, time: 30 * time.Second, asked: 2, waits: busyPause},
		"for longer than it may take":   {code: 429, after: "3600", busy: 9, time: 30 * time.Second, asked: 1, want: 429},
		"for ages":                      {code: 429, after: "99999999999999999999", busy: 9, time: 500 * time.Millisecond, asked: 1, want: 429},
		"does not work":                 {code: 503, after: "1", busy: 1, time: 30 * time.Second, asked: 1, want: 503},
		"has perhaps done what it says": {code: 504, after: "1", busy: 1, time: 30 * time.Second, asked: 1, want: 504},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			client := serving(t, func(w http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				if asked++; string(text) != `{"a":"b"}` {
					t.Errorf("attempt %d was sent as %q", asked, text)
				}
				if asked <= c.busy {
					if c.after != "" {
						w.Header().Set("Retry-After", c.after)
					}
					saying(c.code, "application/json", `{"kind":"Status","message":"slow down"}`)(w, r)
				}
			})
			client.Time = c.time
			began := time.Now()
			err := client.Do(t.Context(), Request{Method: http.MethodPost, Path: "/api", Body: map[string]string{"a": "b"}}, nil)
			require.Equal(t, c.want, Code(err), "%v", err)
			require.Equal(t, c.want == 0, err == nil, "%v", err)
			require.Equal(t, c.asked, asked)
			require.GreaterOrEqual(t, time.Since(began), c.waits)
		})
	}
}

// TestTimes ends what takes too long, and says whose time was over.
func TestTimes(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	dripping := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"a":"canary`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	for name, handler := range map[string]http.HandlerFunc{"no answer": silent, "half an answer": dripping} {
		t.Run(name, func(t *testing.T) {
			c := serving(t, handler)
			c.Time = 100 * time.Millisecond
			var into any
			require.EqualError(t, c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/api"}, &into), "the API server did not answer within 100ms")

			c.Time = 0
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/api"}, &into)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotContains(t, err.Error(), "within")
			require.NotContains(t, err.Error(), canary)
		})
	}
	t.Run("ends while the server is busy", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := serving(t, func(w http.ResponseWriter, r *http.Request) {
			saying(429, "text/plain", "slow down")(w, r)
			time.AfterFunc(50*time.Millisecond, cancel)
		})
		require.EqualError(t, c.Do(ctx, Request{Method: http.MethodGet, Path: "/api"}, nil), "the API server answered 429 Too Many Requests")
	})
}

// TestNobodyThere says why, and not where: who asks says that.
func TestNobodyThere(t *testing.T) {
	c := serving(t, func(http.ResponseWriter, *http.Request) {})
	c.Base.Host = "127.0.0.1:1"
	err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/api"}, nil)
	require.ErrorContains(t, err, "the API server did not answer: dial tcp 127.0.0.1:1: ")
	require.Zero(t, Code(err))
}

// TestKinds of errors are told apart, also within others.
func TestKinds(t *testing.T) {
	for name, c := range map[string]struct {
		err                       error
		code                      int
		notFound, conflict, lacks bool
	}{
		"none":         {},
		"no answer":    {err: io.EOF},
		"not found":    {err: &Error{Code: 404}, code: 404, notFound: true},
		"conflict":     {err: &Error{Code: 409, Reason: "AlreadyExists"}, code: 409, conflict: true},
		"forbidden":    {err: &Error{Code: 403, Message: `leases "a" is forbidden`}, code: 403, lacks: true},
		"by a proxy":   {err: &Error{Code: 403}, code: 403, lacks: true},
		"ending":       {err: &Error{Code: 403, Ending: true}, code: 403},
		"by a webhook": {err: &Error{Code: 403, Message: `admission webhook "a" denied the request: b`}, code: 403},
		"by a policy":  {err: &Error{Code: 403, Message: `ValidatingAdmissionPolicy 'a' with binding 'b' denied request: c`}, code: 403},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.err
			if err != nil {
				err = fmt.Errorf("reading it: %w", err)
			}
			require.Equal(t, c.code, Code(err))
			require.Equal(t, c.notFound, IsNotFound(err))
			require.Equal(t, c.conflict, IsConflict(err))
			require.Equal(t, c.lacks, LacksRight(err))
		})
	}
}
