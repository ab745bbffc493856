package controlplane

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
)

// reference is an object that was applied.
type reference struct {
	resource        schema.GroupVersionResource
	namespace, name string
}

// ApplyFolder applies every file of a folder.
func (c *ControlPlane) ApplyFolder(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if err := c.Apply(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", e.Name(), err)
		}
	}
	return nil
}

// Apply makes the objects of manifests, Lists among them, with their status, as
// if a kubelet, a controller or the CNI had written it. What kubectl printed of
// another cluster's bookkeeping is left out. The items of a List are made several at
// a time.
func (c *ControlPlane) Apply(ctx context.Context, text []byte) error {
	mapper, err := c.mapper()
	if err != nil {
		return err
	}
	dec := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		switch err := dec.Decode(object); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case object.Object == nil:
			continue
		}
		objects := []*unstructured.Unstructured{object}
		if object.IsList() {
			list, err := object.ToList()
			if err != nil {
				return err
			}
			objects = objects[:0]
			for i := range list.Items {
				objects = append(objects, &list.Items[i])
			}
		}
		made := make([]*reference, len(objects))
		errs := atOnce(len(objects), func(i int) (err error) {
			made[i], err = c.apply(ctx, mapper, objects[i])
			return err
		})
		for _, ref := range made { // whatever became of the others
			if ref != nil {
				c.applied = append(c.applied, *ref)
			}
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
}

// atOnce does n things, several at a time, and returns what became of each.
func atOnce(n int, do func(i int) error) []error {
	const workers = 8
	errs := make([]error, n)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, workers) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = do(i)
			}
		})
	}
	wait.Wait()
	return errs
}

// apply makes an object, and returns what was made: nothing where it is there.
func (c *ControlPlane) apply(ctx context.Context, mapper meta.RESTMapper, object *unstructured.Unstructured) (*reference, error) {
	what := fmt.Sprintf("making %s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())
	gvk := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	for _, field := range []string{"resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	ref := reference{mapping.Resource, object.GetNamespace(), object.GetName()}
	status, hasStatus := object.Object["status"]
	var made *unstructured.Unstructured
	there := false
	err = eventually(ctx, func() error {
		before, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
		// The API server's own are there: kube-system, its Service in default. What
		// is on its way out is waited for.
		if there = err == nil && before.GetDeletionTimestamp() == nil; there {
			return nil
		}
		made, err = c.at(ref).Create(ctx, object, metav1.CreateOptions{})
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", what, err)
	case there:
		return nil, nil
	}
	if !hasStatus || gvk.Kind == "Namespace" {
		return &ref, nil
	}
	if before, ok := made.Object["status"].(map[string]any); ok { // keep what the server filled in
		if after, ok := status.(map[string]any); ok {
			all := maps.Clone(before)
			maps.Copy(all, after)
			status = all
		}
	}
	made.Object["status"] = status
	if _, err := c.at(ref).UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return &ref, fmt.Errorf("%s: writing its status: %w", what, err)
	}
	return &ref, nil
}

func (c *ControlPlane) at(ref reference) dynamic.ResourceInterface {
	if ref.namespace == "" {
		return c.dynamic.Resource(ref.resource)
	}
	return c.dynamic.Resource(ref.resource).Namespace(ref.namespace)
}

// Wipe removes everything that was applied. What waits for a controller to let
// it go (finalizers of volumes and namespaces) is let go.
func (c *ControlPlane) Wipe(ctx context.Context) error {
	refs := c.applied
	c.applied = nil
	return c.removeAll(ctx, refs)
}

// removeAll removes objects, several at a time and what they are in last, and waits
// until they are gone. One that does not go keeps none of the others, which the next
// test would trip over.
func (c *ControlPlane) removeAll(ctx context.Context, refs []reference) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var objects, around []reference
	for _, ref := range slices.Backward(refs) {
		switch ref.resource.Resource {
		case "namespaces", "customresourcedefinitions":
			around = append(around, ref)
		default:
			objects = append(objects, ref)
		}
	}
	var errs []error
	for _, refs := range [][]reference{objects, around} {
		for _, do := range []func(context.Context, reference) error{c.remove, c.gone} {
			errs = append(errs, atOnce(len(refs), func(i int) error {
				ref := refs[i]
				if err := eventually(ctx, func() error { return do(ctx, ref) }); err != nil {
					return fmt.Errorf("removing %s %s/%s: %w", ref.resource.Resource, ref.namespace, ref.name, err)
				}
				return nil
			})...)
		}
	}
	return errors.Join(errs...)
}

func (c *ControlPlane) remove(ctx context.Context, ref reference) error {
	now := int64(0)
	if err := c.at(ref).Delete(ctx, ref.name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		return passOver(err)
	}
	if ref.resource.Resource != "namespaces" {
		return nil
	}
	ns, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
	if err != nil {
		return passOver(err)
	}
	unstructured.RemoveNestedField(ns.Object, "spec", "finalizers")
	_, err = c.at(ref).Update(ctx, ns, metav1.UpdateOptions{}, "finalize")
	return passOver(err)
}

// gone demands that an object is not there. One that waits for a controller is let
// go; what a CRD waits for, the API server does itself.
func (c *ControlPlane) gone(ctx context.Context, ref reference) error {
	object, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
	if err != nil {
		return passOver(err)
	}
	if len(object.GetFinalizers()) > 0 && ref.resource.Resource != "customresourcedefinitions" {
		_, err = c.at(ref).Patch(ctx, ref.name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
	}
	return cmp.Or(err, errors.New("it is still there"))
}

// passOver takes an object that is gone for one that was removed.
func passOver(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
