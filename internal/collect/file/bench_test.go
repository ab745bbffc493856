package file_test

import (
	"fmt"
	"strings"
	"testing"
)

// objects writes n StatefulSets as kubectl prints them.
func objects(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, statefulSet, i, i/40)
	}
	return b.String()
}

const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  annotations:
    app.juju.is/uuid: "3f8a8f0e"
    controller.juju.is/id: 0f7e7e54-1c1b-4f8c-8a5e-0b9d1d0fca11
  creationTimestamp: "2026-08-01T10:00:00Z"
  generation: 4
  labels:
    app.kubernetes.io/managed-by: juju
    app.kubernetes.io/name: radarr
  name: radarr-%d
  namespace: charmarr-core-%d
  resourceVersion: "1234567"
  uid: 5c3c6f2e-1c1b-4f8c-8a5e-0b9d1d0fca11
spec:
  podManagementPolicy: Parallel
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: radarr
  serviceName: radarr-endpoints
  template:
    metadata:
      labels:
        app.kubernetes.io/name: radarr
        istio.io/dataplane-mode: ambient
        istio.io/use-waypoint: charmarr-beacon-waypoint
    spec:
      automountServiceAccountToken: true
      containers:
      - args:
        - run
        - --http
        - :38812
        - --verbose
        command:
        - /charm/bin/containeragent
        env:
        - name: JUJU_CONTAINER_NAMES
          value: radarr
        - name: HTTP_PROBE_PORT
          value: "3856"
        image: docker.io/jujusolutions/charm-base:ubuntu-24.04
        imagePullPolicy: IfNotPresent
        livenessProbe:
          failureThreshold: 3
          httpGet:
            path: /liveness
            port: 3856
            scheme: HTTP
          initialDelaySeconds: 30
        name: charm
        resources: {}
        volumeMounts:
        - mountPath: /var/lib/juju
          name: charm-data
          subPath: var/lib/juju
      securityContext:
        fsGroup: 170
      serviceAccountName: radarr
      volumes:
      - emptyDir: {}
        name: charm-data
status:
  availableReplicas: 1
  collisionCount: 0
---
`

func BenchmarkCollect(b *testing.B) {
	text := objects(4000)
	dir := write(b, map[string]string{"all.yaml": text})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if s := collect(b, dir, "all.yaml"); len(s.Workloads) != 4000 || len(s.Gaps) > 0 {
			b.Fatal(told(s))
		}
	}
}
