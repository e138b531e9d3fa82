package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// sample is what one variant did in one turn.
type sample struct {
	rate         float64 // requests per second
	envoy, asked float64 // CPU per request, in µs
}

// throughProxy runs the rounds and prints what they gave.
func throughProxy(ctx context.Context, o options, dir string) error {
	if o.rounds < 1 {
		return nil
	}
	if _, err := exec.LookPath(o.envoy); err != nil {
		return fmt.Errorf("no Envoy: %w; fetch it with `make venv`, or set ENVOY to one", err)
	}
	s, err := startStack(ctx, o, dir)
	defer s.stop()
	if err != nil {
		return err
	}
	requests, basic := map[string]string{}, s.kinds()[0].lines
	for _, kind := range kinds {
		requests[kind] = request(kind, s.experiment, basic)
	}
	for _, v := range s.variants { // the credential, the run's owner and all connections are known from here on
		for _, kind := range kinds {
			if _, err := s.measure(ctx, v, requests[kind], time.Second/2); err != nil {
				return fmt.Errorf("%s, %s: %w", v.name, kind, err)
			}
		}
	}
	results, err := s.rounds(ctx, requests)
	if err != nil {
		return err
	}
	if err := printProxy(os.Stdout, o, s.variants, results); err != nil {
		return err
	}
	credentials, err := s.credentialRounds(ctx, max(1, o.rounds/2))
	if err != nil {
		return err
	}
	return s.printCredentials(os.Stdout, credentials)
}

var kinds = []string{"GET", "POST"}

// results are the samples by kind and variant, one for each round.
type results map[string]map[string][]sample

func (s *stack) rounds(ctx context.Context, requests map[string]string) (results, error) {
	all := results{"GET": {}, "POST": {}}
	order := slices.Clone(s.variants)
	for range s.options.rounds {
		for _, kind := range kinds {
			for _, v := range order {
				one, err := s.measure(ctx, v, requests[kind], s.options.slice)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", v.name, kind, err)
				}
				all[kind][v.name] = append(all[kind][v.name], one)
			}
		}
		order = append(order[1:], order[0])
	}
	return all, nil
}

// measure gives one variant one turn.
func (s *stack) measure(ctx context.Context, v *variant, request string, length time.Duration) (sample, error) {
	return s.turn(ctx, v, turn{Address: v.address, Request: request, Connections: s.options.connections, Length: length})
}

func (s *stack) turn(ctx context.Context, v *variant, t turn) (sample, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return sample{}, err
	}
	p, err := part(ctx, "load", string(text))
	if err != nil {
		return sample{}, err
	}
	var answer bytes.Buffer
	p.cmd.Stdout = &answer
	before, err := v.cpu()
	if err != nil {
		return sample{}, err
	}
	if err := p.cmd.Run(); err != nil {
		return sample{}, p.failure(err)
	}
	after, err := v.cpu()
	if err != nil {
		return sample{}, err
	}
	var o outcome
	if err := json.Unmarshal(answer.Bytes(), &o); err != nil {
		return sample{}, err
	}
	perRequest := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(o.Requests) }
	return sample{float64(o.Requests) / o.Seconds, perRequest(after[0] - before[0]), perRequest(after[1] - before[1])}, nil
}

// cpu is the time of Envoy and of the server that it asks.
func (v *variant) cpu() ([2]time.Duration, error) {
	envoy, err := v.envoy.cpu()
	if err != nil {
		return [2]time.Duration{}, err
	}
	asked, err := v.asked.cpu()
	return [2]time.Duration{envoy, asked}, err
}

// read is the target of the GET.
func read(experiment string) string {
	return "/api/2.0/mlflow/experiments/get?experiment_id=" + experiment
}

// request is what MLflow's client sends, with that credential: a GET of an experiment, or a POST of a metric in 300 bytes to a run of that
// experiment.
func request(kind, experiment, credential string) string {
	headers := "Host: " + authority + "\r\nUser-Agent: mlflow-python-client/3.17.2\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\n" +
		"Connection: keep-alive\r\n"
	if credential != "" {
		headers += credential + "\r\n"
	}
	if kind == "GET" {
		return "GET " + read(experiment) + " HTTP/1.1\r\n" + headers + "\r\n"
	}
	body := `{"run_id":"run` + experiment + `","value":0.25,"timestamp":1700000000000,"step":1,"key":"loss`
	body = fmt.Sprintf("%-298s\"}", body)
	return fmt.Sprintf("POST /api/2.0/mlflow/runs/log-metric HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		headers, len(body), body)
}
