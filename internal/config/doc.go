// Package config reads what can be set.
//
// settings.go is the one definition: each line of its table is a flag (--grpc-listen), a variable (EXTAUTHZ_GRPC_LISTEN), a key of the YAML file
// (grpc_listen), an entry of the JSON schema and of docs/reference/configuration.md. A flag beats a variable, which beats the file, which beats
// MLflow's basic_auth.ini, which beats the default.
//
// Reading is strict and says everything that is wrong, not only the first thing: an unknown key, a key that is there twice, a value of another
// type. Whatever is wrong is named by where it was written, as file and line, variable or flag.
//
// A secret is never a flag nor a value in the YAML file. It is read from a file that a setting names, or from a variable.
package config
