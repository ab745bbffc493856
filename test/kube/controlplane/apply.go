package controlplane

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
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
// another cluster's bookkeeping is left out.
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
		one := func(item runtime.Object) error {
			object, ok := item.(*unstructured.Unstructured)
			if !ok {
				return fmt.Errorf("an item is a %T", item)
			}
			return c.apply(ctx, mapper, object)
		}
		if object.IsList() {
			err = object.EachListItem(one)
		} else {
			err = one(object)
		}
		if err != nil {
			return err
		}
	}
}

func (c *ControlPlane) apply(ctx context.Context, mapper meta.RESTMapper, object *unstructured.Unstructured) error {
	what := fmt.Sprintf("making %s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())
	gvk := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
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
		return fmt.Errorf("%s: %w", what, err)
	case there:
		return nil
	}
	c.applied = append(c.applied, ref)
	if !hasStatus || gvk.Kind == "Namespace" {
		return nil
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
		return fmt.Errorf("%s: writing its status: %w", what, err)
	}
	return nil
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

// removeAll removes objects, the latest first, and waits until they are gone. One
// that does not go keeps none of the others, which the next test would trip over.
func (c *ControlPlane) removeAll(ctx context.Context, refs []reference) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	refs = slices.Clone(refs)
	slices.Reverse(refs)
	var errs []error
	each := func(do func(reference) error) {
		for _, ref := range refs {
			if err := eventually(ctx, func() error { return do(ref) }); err != nil {
				errs = append(errs, fmt.Errorf("removing %s %s/%s: %w", ref.resource.Resource, ref.namespace, ref.name, err))
			}
		}
	}
	each(func(ref reference) error { return c.remove(ctx, ref) })
	each(func(ref reference) error {
		_, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
		if err == nil {
			return errors.New("it is still there")
		}
		return passOver(err)
	})
	return errors.Join(errs...)
}

func (c *ControlPlane) remove(ctx context.Context, ref reference) error {
	now := int64(0)
	if err := c.at(ref).Delete(ctx, ref.name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		return passOver(err)
	}
	if ref.resource.Resource == "namespaces" {
		ns, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
		if err != nil {
			return passOver(err)
		}
		unstructured.RemoveNestedField(ns.Object, "spec", "finalizers")
		_, err = c.at(ref).Update(ctx, ns, metav1.UpdateOptions{}, "finalize")
		return passOver(err)
	}
	if ref.resource.Resource == "customresourcedefinitions" {
		return nil // the API server itself removes what is of it
	}
	_, err := c.at(ref).Patch(ctx, ref.name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	return passOver(err)
}

// passOver takes an object that is gone for one that was removed.
func passOver(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
