package config

import (
	"github.com/spf13/pflag"
)

const (
	configFlag     = "config"
	configVariable = variablePrefix + "CONFIG"
)

// Flags are the settings of a command line, as they were given.
type Flags struct {
	texts map[string][]string
	// Config is the path of the YAML file, "" for none.
	config string
}

// AddFlags defines --config and the flag of every setting.
func AddFlags(to *pflag.FlagSet) *Flags {
	f := &Flags{texts: map[string][]string{}}
	to.StringVar(&f.config, configFlag, "", "YAML file with settings")
	for _, s := range settings(&values{}) {
		if s.fileOnly {
			continue
		}
		flag := to.VarPF(&flagValue{f, s}, s.Name, "", s.Help)
		if s.schema().Type == "boolean" {
			flag.NoOptDefVal = "true"
		}
	}
	return f
}

func (f *Flags) layer(all []Setting) layer {
	found := layer{}
	for _, s := range all {
		if texts, ok := f.texts[s.Name]; ok {
			found[s.Name] = given{origin: fromFlag(s), texts: texts}
		}
	}
	return found
}

// flagValue keeps the texts. They are read together with all the other sources.
type flagValue struct {
	flags   *Flags
	setting Setting
}

func (v *flagValue) Set(text string) error {
	v.flags.texts[v.setting.Name] = append(v.flags.texts[v.setting.Name], text)
	return nil
}

func (v *flagValue) String() string {
	if v == nil || v.setting.value == nil { // pflag asks a zero value, too
		return ""
	}
	return v.setting.Default
}

// Type is how help names the value.
func (v *flagValue) Type() string {
	return map[string]string{"string": "string", "boolean": "bool", "integer": "int", "number": "float", "array": "strings", "object": "strings"}[v.setting.schema().Type]
}
