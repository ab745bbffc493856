package kube

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// free are requests that nobody may be kept from, whatever becomes of the webhook.
func free() []try {
	return []try{
		{name: "node", resource: "nodes", object: "node-1", patch: `{"metadata":{"labels":{"a":"b"}}}`},
		{name: "lease", resource: "coordination.k8s.io/v1/leases", namespace: "kube-node-lease", object: `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"node-1"}}`},
		{name: "event", resource: "events", namespace: "charmarr-core", object: `{"apiVersion":"v1","kind":"Event","metadata":{"name":"a"},"involvedObject":{"kind":"Pod","namespace":"charmarr-core","name":"radarr-0"},"reason":"a","type":"Normal"}`},
		{name: "kube-system", resource: "services", namespace: "kube-system", object: `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}`},
		{name: "own namespace", resource: "pods", namespace: ownNamespace, object: podOf("webhook", "", "")},
		{name: "own namespace itself", resource: "namespaces", object: ownNamespace, patch: `{"metadata":{"labels":{"a":"b"}}}`},
		{name: "another namespace", resource: "namespaces", object: `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"fresh"}}`},
		{name: "another's pod", resource: "pods", namespace: "default", object: podOf("a", "", "")},
		{name: "a pod of a model", resource: "pods", namespace: "charmarr-core", object: podOf("a", "", "")},
		{name: "status of a pod", resource: "pods", namespace: "charmarr-core", object: "radarr-0", subresource: "status", patch: `{"status":{"phase":"Running"}}`},
		{name: "a ConfigMap of a model", resource: "configmaps", namespace: "gluetun", object: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`},
		{name: "its registration", resource: "admissionregistration.k8s.io/v1/validatingwebhookconfigurations", object: "charmarr-lint", patch: "delete"},
	}
}

// TestReplicasComeAndGo runs the program under load: it arms itself, a replica ends
// without a request that fails, all are killed and nobody is locked out, they come
// back, and the last one to end disarms.
func TestReplicasComeAndGo(t *testing.T) {
	p := build(t)
	f := newFleet(t)
	require.Equal(t, disarmed(), f.policies(t))
	one, two := f.run(t, p), f.run(t, p)
	logs := func() string { return one.log() + "\n---\n" + two.log() }
	f.eventually(t, armed(), logs)
	require.Contains(t, logs(), "armed: while nobody answers, the API server refuses")
	l := f.load(t)
	l.more(t, 60)
	require.Empty(t, l.take())

	t.Log("a replica ends")
	one.end()
	require.Contains(t, one.log(), "another replica answers: it stays armed")
	one = f.run(t, p)
	require.Eventually(t, func() bool { return metric(t, one.replica, `armed{webhook="privacy.charmarr-lint.io"}`) == "1" }, 30*time.Second, 50*time.Millisecond, "%s", one.log())
	two.end()
	l.more(t, 60)
	require.Equal(t, armed(), f.policies(t))
	require.Empty(t, l.take(), "no request fails when a replica ends")

	t.Log("all are killed")
	two = f.run(t, p)
	require.Eventually(t, func() bool { return metric(t, two.replica, "ready") == "1" }, 30*time.Second, 50*time.Millisecond, "%s", two.log())
	one.kill()
	two.kill()
	for _, x := range free() {
		require.NoError(t, f.send(t, x), x.name)
	}
	require.ErrorContains(t, f.send(t, tries()[0]), "failed calling webhook", "privacy is not given up while nobody answers")
	require.Equal(t, armed(), f.policies(t), "nobody was left to disarm")
	for _, wrong := range l.take() {
		require.Contains(t, wrong, "failed calling webhook", "what fails is what is to fail closed")
	}

	t.Log("they come back")
	one, two = f.run(t, p), f.run(t, p)
	for _, r := range []*process{one, two} {
		require.Eventually(t, func() bool {
			return metric(t, r.replica, `armed{webhook="namespaces.charmarr-lint.io"}`) == "1" && metric(t, r.replica, `armed{webhook="privacy.charmarr-lint.io"}`) == "1"
		}, 30*time.Second, 50*time.Millisecond, "%s", r.log())
	}
	l.more(t, 30)
	l.take()
	l.more(t, 40)
	require.Empty(t, l.take())
	require.True(t, apierrors.IsForbidden(f.send(t, tries()[0])))

	t.Log("both end")
	done := make(chan struct{})
	go func() { defer close(done); one.end() }()
	two.end()
	<-done
	require.Equal(t, disarmed(), f.policies(t))
	require.Contains(t, logs(), "disarmed at the end of the last replica")
	time.Sleep(500 * time.Millisecond) // the API server takes it in
	l.take()
	from := l.sent.Load()
	require.Eventually(t, func() bool { return l.sent.Load() > from+30 }, 20*time.Second, 20*time.Millisecond)
	for _, wrong := range l.take() {
		require.Contains(t, wrong, "a fault is refused: it passes", "nothing else fails while nobody answers")
	}
	l.stop()

	t.Log("one comes back")
	one = f.run(t, p)
	f.eventually(t, armed(), one.log)
	// Who takes the registration away takes all of it away, whatever is armed.
	require.NoError(t, f.of("admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "").Delete(t.Context(), "charmarr-lint", metav1.DeleteOptions{}))
	require.Eventually(t, func() bool { return f.send(t, tries()[0]) == nil }, 20*time.Second, 50*time.Millisecond)
	one.end()
	require.NotContains(t, logs(), "panic")
	t.Logf("%d requests, %d of them refused as they had to be", l.sent.Load(), l.refused.Load())
}

// TestProvesItselfAgain has the API server fail open as soon as the webhook does not
// prove itself any more, and closed when it does again: nobody reached it, somebody
// wrote something else, the API server was killed.
func TestProvesItselfAgain(t *testing.T) {
	f := newFleet(t)
	one, two := f.start(t, nil), f.start(t, nil)
	logs := func() string { return one.log() + "\n---\n" + two.log() }
	f.eventually(t, armed(), logs)

	f.service.breaks(true) // they run, and nobody reaches them
	f.eventually(t, disarmed(), logs)
	require.Contains(t, logs(), "failed calling webhook")
	for _, r := range []*replica{one, two} {
		require.Eventually(t, func() bool { return metric(t, r, `armed{webhook="privacy.charmarr-lint.io"}`) == "0" }, 30*time.Second, 50*time.Millisecond)
	}
	require.Eventually(t, func() bool { return f.send(t, tries()[0]) == nil }, 20*time.Second, 50*time.Millisecond, "it fails open")
	f.service.breaks(false)
	f.eventually(t, armed(), logs)
	require.Contains(t, logs(), "disarmed: while nobody answers, all passes")

	// Who writes something else into the registration is overruled: the flag says what
	// is wanted.
	d := f.of("admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "")
	object, err := d.Get(t.Context(), "charmarr-lint", metav1.GetOptions{})
	require.NoError(t, err)
	hooks, _ := object.Object["webhooks"].([]any)
	for _, hook := range hooks {
		if hook, ok := hook.(map[string]any); ok {
			hook["failurePolicy"] = string(own.Ignore)
		}
	}
	_, err = d.Update(t.Context(), object, metav1.UpdateOptions{})
	require.NoError(t, err)
	f.eventually(t, armed(), logs)

	l := f.load(t)
	l.more(t, 50)
	require.Empty(t, l.take())

	require.NoError(t, plane.Restart(t.Context(), time.Second))
	for _, r := range []*replica{one, two} {
		require.Eventually(t, func() bool { return metric(t, r, "broken_watches") == "0" && metric(t, r, "ready") == "1" }, 60*time.Second, 50*time.Millisecond, "%s", r.log())
		proved := metric(t, r, `last_proof_timestamp_seconds{webhook="privacy.charmarr-lint.io"}`)
		require.Eventually(t, func() bool {
			now := metric(t, r, `last_proof_timestamp_seconds{webhook="privacy.charmarr-lint.io"}`)
			return now != proved && metric(t, r, `armed{webhook="privacy.charmarr-lint.io"}`) == "1"
		}, 30*time.Second, 50*time.Millisecond, "%s", r.log())
	}
	f.eventually(t, armed(), logs)
	l.more(t, 30) // what was under way while it was away
	l.take()
	l.more(t, 60)
	require.Empty(t, l.take(), "all is answered again")
	// What changed since is known: a model that is made now is one to be judged.
	require.NoError(t, plane.Apply(t.Context(), []byte(`{apiVersion: v1, kind: Service, metadata: {name: fresh, namespace: charmarr-downloads}, spec: {ports: [{port: 80}], selector: {app.kubernetes.io/name: qbittorrent}}}`)))
	require.Eventually(t, func() bool {
		err := f.send(t, try{resource: "services", namespace: "charmarr-downloads", object: "fresh", patch: `{"spec":{"type":"NodePort"}}`})
		return apierrors.IsForbidden(err)
	}, 20*time.Second, 50*time.Millisecond, logs())
	require.NotContains(t, logs(), "panic")

	l.stop()
	one.end()
	require.Equal(t, armed(), f.policies(t))
	two.end()
	require.Equal(t, disarmed(), f.policies(t))
}
