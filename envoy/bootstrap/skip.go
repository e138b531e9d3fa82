package bootstrap

import (
	xdscore "github.com/cncf/xds/go/xds/core/v3"
	matcherv3 "github.com/cncf/xds/go/xds/type/matcher/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	matchingv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/matching/v3"
	actionv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/matcher/action/v3"
	networkv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/matching/common_inputs/network/v3"
	metadatav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/matching/input_matchers/metadata/v3"
	envoymatcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// The metadata by which the check says that nothing has to be done to a response.
const (
	SkipKey   = "response"
	SkipValue = "untouched"
)

// unlessUntouched keeps the filter out of an exchange whose check said so: an admin's list, a run of somebody to whom nothing is denied. The
// word is the check's alone, in metadata that no client can write; without it the filter runs, so that what goes wrong closes.
func unlessUntouched(name string, filter proto.Message) (proto.Message, error) {
	inner, err := anypb.New(filter)
	if err != nil {
		return nil, err
	}
	input, err := extension("envoy.matching.inputs.dynamic_metadata", &networkv3.DynamicMetadataInput{
		Filter: extAuthz,
		Path: []*networkv3.DynamicMetadataInput_PathSegment{
			{Segment: &networkv3.DynamicMetadataInput_PathSegment_Key{Key: SkipKey}},
		},
	})
	if err != nil {
		return nil, err
	}
	value, err := extension("envoy.matching.matchers.metadata_matcher", &metadatav3.Metadata{
		Value: &envoymatcherv3.ValueMatcher{MatchPattern: &envoymatcherv3.ValueMatcher_StringMatch{
			StringMatch: &envoymatcherv3.StringMatcher{MatchPattern: &envoymatcherv3.StringMatcher_Exact{Exact: SkipValue}},
		}},
	})
	if err != nil {
		return nil, err
	}
	skip, err := extension("skip", &actionv3.SkipFilter{})
	if err != nil {
		return nil, err
	}
	return &matchingv3.ExtensionWithMatcher{
		ExtensionConfig: &corev3.TypedExtensionConfig{Name: name, TypedConfig: inner},
		XdsMatcher: &matcherv3.Matcher{MatcherType: &matcherv3.Matcher_MatcherList_{MatcherList: &matcherv3.Matcher_MatcherList{
			Matchers: []*matcherv3.Matcher_MatcherList_FieldMatcher{{
				Predicate: &matcherv3.Matcher_MatcherList_Predicate{MatchType: &matcherv3.Matcher_MatcherList_Predicate_SinglePredicate_{
					SinglePredicate: &matcherv3.Matcher_MatcherList_Predicate_SinglePredicate{
						Input:   input,
						Matcher: &matcherv3.Matcher_MatcherList_Predicate_SinglePredicate_CustomMatch{CustomMatch: value},
					},
				}},
				OnMatch: &matcherv3.Matcher_OnMatch{OnMatch: &matcherv3.Matcher_OnMatch_Action{Action: skip}},
			}},
		}}},
	}, nil
}

func extension(name string, config proto.Message) (*xdscore.TypedExtensionConfig, error) {
	typed, err := anypb.New(config)
	return &xdscore.TypedExtensionConfig{Name: name, TypedConfig: typed}, err
}
