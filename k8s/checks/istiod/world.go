package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigyaml "sigs.k8s.io/yaml"
)

const nameLabel = "app.kubernetes.io/name"

// world is what a cluster would hold of the manifests.
type world struct {
	services []*corev1.Service
	pods     []*corev1.Pod
	istio    string // Istio's own resources, as YAML
}

func read(manifests []byte) (*world, error) {
	w := &world{}
	for reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifests))); ; {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return w, nil
		}
		if err != nil {
			return nil, err
		}
		if err := w.add(document); err != nil {
			return nil, err
		}
	}
}

func (w *world) add(document []byte) error {
	var head metav1.TypeMeta
	if err := sigyaml.Unmarshal(document, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "Service":
		s := &corev1.Service{}
		w.services = append(w.services, s)
		return sigyaml.UnmarshalStrict(document, s)
	case "Deployment":
		d := &appsv1.Deployment{}
		if err := sigyaml.UnmarshalStrict(document, d); err != nil {
			return err
		}
		w.run(d.ObjectMeta, d.Spec.Template)
	case "StatefulSet":
		s := &appsv1.StatefulSet{}
		if err := sigyaml.UnmarshalStrict(document, s); err != nil {
			return err
		}
		w.run(s.ObjectMeta, s.Spec.Template)
	}
	if strings.Contains(head.APIVersion, ".istio.io/") {
		w.istio += "---\n" + string(document) + "\n"
	}
	return nil
}

// run adds the one pod of a workload.
func (w *world) run(m metav1.ObjectMeta, template corev1.PodTemplateSpec) {
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Name, pod.Namespace = m.Name+"-0", m.Namespace
	pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.0.0.%d", len(w.pods)+1)}
	pod.Status.PodIPs = []corev1.PodIP{{IP: pod.Status.PodIP}}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	w.pods = append(w.pods, pod)
}

func (w *world) pod(namespace, name string) *corev1.Pod {
	for _, p := range w.pods {
		if p.Namespace == namespace && p.Labels[nameLabel] == name {
			return p
		}
	}
	return nil
}

// objects adds what a cluster adds: addresses of Services, and their endpoints.
func (w *world) objects() (out []runtime.Object) {
	for i, s := range w.services {
		if s.Spec.ClusterIP == "" {
			s.Spec.ClusterIP = fmt.Sprintf("10.1.0.%d", i+1)
		}
		out = append(out, s, w.endpoints(s))
	}
	for _, p := range w.pods {
		out = append(out, p)
	}
	return out
}

func (w *world) endpoints(s *corev1.Service) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name: s.Name + "-1", Namespace: s.Namespace, Labels: map[string]string{discoveryv1.LabelServiceName: s.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	for _, port := range s.Spec.Ports {
		number := port.TargetPort.IntVal
		if number == 0 {
			number = w.named(s, port.TargetPort.StrVal)
		}
		if number == 0 {
			number = port.Port
		}
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &number, Protocol: &port.Protocol, AppProtocol: port.AppProtocol})
	}
	for _, p := range w.selected(s) {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{p.Status.PodIP}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: p.Name, Namespace: p.Namespace},
		})
	}
	return slice
}

func (w *world) selected(s *corev1.Service) (out []*corev1.Pod) {
	for _, p := range w.pods {
		if p.Namespace == s.Namespace && labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(p.Labels)) {
			out = append(out, p)
		}
	}
	return out
}

// named finds the number of a container's named port.
func (w *world) named(s *corev1.Service, name string) int32 {
	for _, p := range w.selected(s) {
		for _, c := range append(p.Spec.InitContainers, p.Spec.Containers...) {
			for _, port := range c.Ports {
				if port.Name == name {
					return port.ContainerPort
				}
			}
		}
	}
	return 0
}
