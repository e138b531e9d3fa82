// Command podsecurity says where manifests break a level of Kubernetes' Pod Security Standards.
//
//	kustomize build k8s/overlays/gateway | podsecurity --level restricted
//
// It runs the evaluator of the API server's own admission plugin on the pod templates of Deployments and StatefulSets from standard input.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	admission "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	sigyaml "sigs.k8s.io/yaml"
)

func main() {
	level := flag.String("level", string(admission.LevelRestricted), "privileged, baseline or restricted")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *level); err != nil {
		fmt.Fprintln(os.Stderr, "podsecurity:", err)
		os.Exit(1)
	}
}

// workload is what Deployments and StatefulSets have in common here.
type workload struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Template corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`
}

func run(in io.Reader, out io.Writer, name string) error {
	level, err := admission.ParseLevel(name)
	if err != nil {
		return err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	seen := 0
	err = each(in, func(w workload) error {
		if w.Kind != "Deployment" && w.Kind != "StatefulSet" {
			return nil
		}
		seen++
		results := evaluator.EvaluatePod(admission.LevelVersion{Level: level, Version: admission.LatestVersion()}, &w.Spec.Template.ObjectMeta, &w.Spec.Template.Spec)
		if r := policy.AggregateCheckResults(results); !r.Allowed {
			return fmt.Errorf("%s %s is not %s: %s", w.Kind, w.Name, level, r.ForbiddenDetail())
		}
		fmt.Fprintf(out, "%s %s is %s\n", w.Kind, w.Name, level)
		return nil
	})
	if err == nil && seen == 0 {
		return errors.New("there is no Deployment and no StatefulSet")
	}
	return err
}

func each(in io.Reader, use func(workload) error) error {
	for reader := yaml.NewYAMLReader(bufio.NewReader(in)); ; {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var w workload
		if err == nil {
			err = sigyaml.Unmarshal(document, &w)
		}
		if err == nil {
			err = use(w)
		}
		if err != nil {
			return err
		}
	}
}
