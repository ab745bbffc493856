package webhook

import (
	"bytes"
	"net/http"

	"github.com/charmarr/charmarr-lint/internal/report"
)

// reports are the formats of the last report, by the end of the address.
func reports() map[string]string {
	return map[string]string{"json": "application/json", "sarif": "application/sarif+json", "html": "text/html; charset=utf-8", "text": "text/plain; charset=utf-8"}
}

// status tells everybody how the webhook is doing and what is wrong in the cluster.
func (s *Server) status() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := s.Ready(); err != nil {
			say(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
			return
		}
		say(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		var text bytes.Buffer
		if err := s.metrics.write(&text, s.options, s.Ready() == nil); err != nil {
			say(w, http.StatusInternalServerError, err.Error()+"\n")
			return
		}
		say(w, http.StatusOK, text.String())
	})
	mux.HandleFunc("GET /report/{format}", s.report)
	return mux
}

// report writes what was found when what is there was last judged.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	format := r.PathValue("format")
	kind, ok := reports()[format]
	if !ok {
		say(w, http.StatusNotFound, "there is no such report: ask for /report/json, /report/sarif, /report/html or /report/text\n")
		return
	}
	known := s.facts.last.Load()
	if known == nil {
		say(w, http.StatusServiceUnavailable, "the cluster was not read yet\n")
		return
	}
	var text bytes.Buffer
	write, _ := report.Lookup(format, report.Options{}) // each of reports is a format
	if err := write(&text, known.standing.Report); err != nil {
		say(w, http.StatusInternalServerError, err.Error()+"\n")
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")
	say(w, http.StatusOK, text.String())
}

func say(w http.ResponseWriter, code int, text string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text)) // whoever asked has gone
}
