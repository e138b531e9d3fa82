"""Which requests are sent: every route as every user on everybody's things, and mutations of them, chosen and ordered by the seed."""

import random
from dataclasses import dataclass

from mutations import mutated
from wire import Call

UNKNOWN = {"experiment": "599999", "run": "0" * 32, "trace": "tr-" + "0" * 32, "logged_model": "m-" + "0" * 32}
MALFORMED = {name: "../x" for name in ("experiment", "run", "trace", "logged_model", "model", "dataset", "scorer", "endpoint", "secret", "issue", "queue", "schema")}
# These start programs, ask the network or fill the database with samples: they are sent to us alone, and where we must refuse them.
ACTIVE = {"send_message", "install_skills_endpoint", "generate_demo", "delete_demo", "update_config", "TestWebhook", "submit_job", "provider_health_check",
          "list_provider_models", "invoke_genai_evaluate_handler", "invoke_issue_detection_handler", "invoke_scorer_handler", "CreatePromptOptimizationJob", "raw_proxy", "invocations", "chat_completions", "openai_passthrough_chat",
          "openai_passthrough_embeddings", "openai_passthrough_responses", "openai_passthrough_responses_compact", "anthropic_passthrough_messages",
          "typesafe_passthrough_system_one", "gemini_passthrough_generate_content", "gemini_passthrough_stream_generate_content"}


@dataclass
class Shot:
    route: object
    user: str
    about: str  # whose things: own, other, unknown, malformed
    case: str
    call: Call

    def __str__(self):
        return f"{self.route.operation} as {self.user} on {self.about}: {self.case}"


def harmless(shot):
    if shot.route.operation not in ACTIVE:
        return shot.route.operation != "list_supported_models"  # it waits for the network, and is everybody's
    theirs_alone = shot.case.startswith(("plain", "path ", "method ", "header ", "type ")) and not shot.case.startswith("path own")
    return theirs_alone and shot.about == "other" and shot.user != "admin"


def plain(routes, tenants):
    for route in routes:
        for path in route.paths():
            for user in ("a", "b", "r", "e", "n", "none", "admin"):
                for tenant in "AB":
                    about = "own" if tenant == ("B" if user == "b" else "A") else "other"
                    yield Shot(route, user, about, "plain", route.call(tenants[tenant], path))
            for user in ("a", "n", "admin"):
                for about, ids in (("unknown", UNKNOWN), ("malformed", MALFORMED)):
                    yield Shot(route, user, about, "plain", route.call(ids, path))


def hostile(routes, tenants, rng):
    for route in routes:
        for user, own, victim in (("a", "A", "B"), ("b", "B", "A"), ("e", "A", "B"), ("n", "A", "B"), ("r", "A", "B"), ("none", "A", "B"), ("admin", "A", "B")):
            shots = [Shot(route, user, "other", case, call) for case, call in mutated(route, tenants[own], tenants[victim])]
            yield from shots if user == "a" else rng.sample(shots, min(len(shots), 6))


def chosen(routes, tenants, seed, count):
    """At most count of them; the same ones for the same seed. First what the owner does to each route, so that every refusal has its twin."""
    rng = random.Random(seed)
    quiet = [s for s in plain(routes, tenants) if harmless(s)]
    loud = [s for s in hostile(routes, tenants, rng) if harmless(s)]
    rng.shuffle(quiet)
    rng.shuffle(loud)
    quiet.sort(key=lambda s: not (s.user == "a" and s.about in ("own", "other") and s.call.path.startswith("/api/")))
    half = max(count // 2, count - len(loud))
    shots = quiet[:half] + loud[: count - min(half, len(quiet))]
    rng.shuffle(shots)
    return shots
