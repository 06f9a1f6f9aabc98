"""Holds YAML documents against a JSON Schema, and the schema against its metaschema.

Usage: validate.py SCHEMA, with the paths of the documents on standard input, one a line. For each it prints one line of
JSON: {"path": …, "problem": … or null, "errors": […]}; a problem is why the document is not YAML.
"""

import json
import re
import sys

import jsonschema
import yaml

CORE = [
    ("null", r"^(?:~|null|Null|NULL|)$"),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"),
    ("float", r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"),
    ("merge", r"^<<$"),
]


class Loader(yaml.CSafeLoader):
    """Reads scalars by the core schema of YAML 1.2, where `no` is a text and 02:00 no number."""

    yaml_implicit_resolvers = {}


def integer(loader, node):
    text = node.value
    return int(text[2:], 8) if text.startswith("0o") else int(text, 16) if text.startswith("0x") else int(text)


def mapping(loader, node):
    loader.flatten_mapping(node)
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


for name, pattern in CORE:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), None)
Loader.add_constructor("tag:yaml.org,2002:int", integer)
Loader.add_constructor("tag:yaml.org,2002:map", mapping)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

for path in sys.stdin.read().splitlines():
    problem, errors = None, []
    try:
        with open(path, "rb") as file:
            document = yaml.load(file, Loader)
        errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(document)]
    except (yaml.YAMLError, UnicodeError, ValueError, AttributeError, RecursionError) as error:
        problem = f"{type(error).__name__}: {error}"
    print(json.dumps({"path": path, "problem": problem, "errors": errors}))
