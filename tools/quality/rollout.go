package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// place is a value in a snapshot that is changed, with its counterparts: what the
// template of a workload says, its pods say as soon as the controller has replaced
// them.
type place struct {
	path
}

// values are the places of a snapshot that change together.
func (p place) values(s *snapshot.Snapshot) []reflect.Value {
	all := []reflect.Value{p.at(s)}
	if len(p.path) < 4 || p.path[0].field != "Workloads" || p.path[2].field != "Template" {
		return all
	}
	w := &s.Workloads[p.path[1].index]
	for i := range s.Pods {
		if !owns(w, &s.Pods[i]) {
			continue
		}
		if v := counterpart(reflect.ValueOf(&w.Template).Elem(), reflect.ValueOf(&s.Pods[i]).Elem(), p.path[3:]); v.IsValid() {
			all = append(all, v)
		}
	}
	return all
}

// owns says whether a pod is of a workload: a Deployment's by way of a ReplicaSet.
func owns(w *snapshot.Workload, p *snapshot.Pod) bool {
	return p.Namespace == w.Namespace && (p.Owner == w.Name || w.Kind == "Deployment" && strings.HasPrefix(p.Owner, w.Name+"-"))
}

// counterpart is what the pod has of what the template has below rest.
func counterpart(template, pod reflect.Value, rest path) reflect.Value {
	switch rest[0].field {
	case "Labels", "Annotations":
	default:
		pod = pod.FieldByName("Spec")
	}
	for _, s := range rest {
		if s.field != "" {
			template, pod = template.FieldByName(s.field), pod.FieldByName(s.field)
			continue
		}
		i := indexOfAlike(pod, template.Index(s.index))
		if i < 0 {
			return reflect.Value{}
		}
		template, pod = template.Index(s.index), pod.Index(i)
	}
	return pod
}

// indexOfAlike is where a list has what is named like an element of another.
func indexOfAlike(list, element reflect.Value) int {
	for i := range list.Len() {
		if nameOf(list.Index(i)) == nameOf(element) {
			return i
		}
	}
	return -1
}

// nameOf is what tells the elements of a list apart.
func nameOf(element reflect.Value) string {
	switch e := element.Interface().(type) {
	case snapshot.Fact:
		return e.Key
	case snapshot.Volume:
		return e.Name
	case snapshot.Container:
		return e.Name
	case snapshot.Mount:
		return e.Volume + ":" + e.Path
	}
	return element.String()
}

// drop takes an element out of a list, and its counterparts out of theirs; with a
// workload go its pods.
func (p path) drop(s *snapshot.Snapshot, i int) {
	if len(p) == 1 && p[0].field == "Workloads" {
		w := &s.Workloads[i]
		s.Pods = slices.DeleteFunc(s.Pods, func(pod snapshot.Pod) bool { return owns(w, &pod) })
	}
	lists := place{p}.values(s)
	element := lists[0].Index(i)
	at := make([]int, len(lists))
	for k, list := range lists {
		at[k] = indexOfAlike(list, element)
	}
	at[0] = i
	for k, list := range lists {
		if at[k] >= 0 {
			shorter := reflect.AppendSlice(reflect.MakeSlice(list.Type(), 0, list.Len()), list.Slice(0, at[k]))
			list.Set(reflect.AppendSlice(shorter, list.Slice(at[k]+1, list.Len())))
		}
	}
}
