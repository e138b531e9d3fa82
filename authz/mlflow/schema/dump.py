"""How messages.txt and the inventories write protobuf messages, one a line.

    LogMetric<TAB>run_id:string value:double …       a field; [] repeated; {} a map; |name a oneof it belongs to
    enum ViewType<TAB>ACTIVE_ONLY=1 …                the names and numbers of an enum

Messages of the package `mlflow` lose their package; others keep it (`mlflow.artifacts.ListArtifacts`).
"""

from google.protobuf.descriptor import FieldDescriptor as F

SCALARS = {
    F.TYPE_DOUBLE: "double", F.TYPE_FLOAT: "float", F.TYPE_INT64: "int64", F.TYPE_INT32: "int32", F.TYPE_UINT64: "uint64",
    F.TYPE_UINT32: "uint32", F.TYPE_BOOL: "bool", F.TYPE_STRING: "string", F.TYPE_BYTES: "bytes", F.TYPE_SINT64: "int64",
    F.TYPE_FIXED32: "uint32", F.TYPE_FIXED64: "uint64", F.TYPE_SFIXED32: "int32", F.TYPE_SFIXED64: "int64", F.TYPE_SINT32: "int32",
}


def short(name):
    return name[len("mlflow.") :] if name.startswith("mlflow.") and name.count(".") == 1 else name


def field(f, todo):
    repeated = f.label == F.LABEL_REPEATED if hasattr(f, "label") else f.is_repeated
    suffix = "[]" if repeated else ""
    if f.type == F.TYPE_MESSAGE:
        if f.message_type.GetOptions().map_entry:
            f, suffix = f.message_type.fields_by_name["value"], "{}"
    if f.type == F.TYPE_MESSAGE:
        todo.append(f.message_type)
        kind = short(f.message_type.full_name)
    elif f.type == F.TYPE_ENUM:
        todo.append(f.enum_type)
        kind = short(f.enum_type.full_name)
    else:
        kind = SCALARS[f.type]
    return kind + suffix


def walk(roots):
    lines, todo, seen = [], list(roots), set()
    while todo:
        d = todo.pop()
        if d.full_name in seen:
            continue
        seen.add(d.full_name)
        if hasattr(d, "values_by_name") and not hasattr(d, "fields"):
            lines.append("enum " + short(d.full_name) + "\t" + " ".join(f"{v.name}={v.number}" for v in d.values))
            continue
        if d.full_name.startswith("google.protobuf."):
            continue
        parts = []
        for f in d.fields:
            one = f.containing_oneof
            oneof = "|" + one.name if one and not one.name.startswith("_") else ""
            parts.append(f"{f.name}:{field(f, todo)}{oneof}")
        lines.append(short(d.full_name) + "\t" + " ".join(parts))
    return sorted(lines)
