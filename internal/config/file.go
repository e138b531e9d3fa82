package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"
)

// readFile returns what is right in the file, and everything that is wrong with it.
func readFile(path string, all []Setting) (layer, []error) {
	root, err := parseFile(path)
	if err != nil {
		return nil, []error{err}
	}
	var errs []error
	for _, f := range fileSchema(all).check(root, "") {
		errs = append(errs, errors.New(fromLine(path, f.line)+": "+strings.TrimPrefix(f.text, ": ")))
	}
	found := layer{}
	for key, value := range pairs(root) {
		for _, s := range all {
			if s.Key() == key.Value && len(s.schema().check(value, "")) == 0 {
				found[s.Name] = given{origin: fromYAML(path, key), node: value}
			}
		}
	}
	return found, errs
}

// parseFile refuses an empty file: it is one that is being written, and without settings nothing is denied that they deny.
func parseFile(path string) (*yaml.Node, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	var documents []yaml.Node
	err = yaml.Load(text, &documents, yaml.WithAllDocuments())
	var broken *yaml.LoadError
	switch {
	case errors.As(err, &broken):
		return nil, fmt.Errorf("%s: %s", fromLine(path, broken.Mark.Line), broken.Message)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(documents) == 0 || len(documents[0].Content) == 0:
		return nil, fmt.Errorf("%s is empty; {} is a file without settings", path)
	case len(documents) > 1:
		return nil, fmt.Errorf("%s: a second document begins here; want one", fromLine(path, documents[1].Line))
	}
	return documents[0].Content[0], nil
}
