package deployment

// Observe adds what Charmarr's observability records want: a collector in each
// model of Charmarr's, wired to what can tell of itself, and Crowsnest in core,
// which sees everything that has something to tell it.
func (d *Deployment) Observe() {
	d.Deploy(d.Core, "crowsnest", "charmarr-crowsnest-k8s", nil)
	d.Model(d.Core).Relate("crowsnest", "service-mesh", "beacon")
	for _, m := range d.Models {
		if m.Name == backupModel {
			continue
		}
		d.Deploy(m.Name, "otelcol", "opentelemetry-collector-k8s", nil)
		if m.Application("beacon") != nil {
			m.Relate("otelcol", "service-mesh", "beacon")
		}
		for _, a := range m.Applications {
			c := charmOf(a.Charm)
			if a.Name == "otelcol" {
				continue
			}
			if c.provides["metrics-endpoint"] != "" {
				m.Relate("otelcol", "metrics-endpoint", a.Name)
			}
			if c.requires["logging"] != "" {
				m.Relate(a.Name, "logging", "otelcol", "receive-loki-logs")
			}
			if c.requires["charm-tracing"] != "" {
				m.Relate(a.Name, "charm-tracing", "otelcol", "receive-traces")
			}
			if c.provides["crowsnest"] == "" {
				continue
			}
			name := a.Name
			if m.Name != d.Core {
				name = a.Name + "-alerts"
				m.Offer(name, a.Name, "crowsnest")
				d.Model(d.Core).Consume(m.Name, name)
			}
			d.Model(d.Core).Relate("crowsnest", "crowsnest", name)
			if m.Name != d.Core && c.provides["provide-cmr-mesh"] != "" {
				m.Offer(name, a.Name, "provide-cmr-mesh")
				d.Model(d.Core).Relate("crowsnest", "require-cmr-mesh", name, "provide-cmr-mesh")
			}
		}
	}
}
