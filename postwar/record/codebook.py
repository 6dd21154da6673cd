"""``data/README.md``: the codebook that a person reads, written from the descriptor."""

_TYPES = {"yearmonth": "month", "boolean": "true or false"}
_INTRO = """\
<!-- Written by `postwar record build` from datapackage.json; change the descriptor, not this page. -->
# {title}

{description}

- **Form.** {tables} tables in UTF-8, with commas and a header; an empty cell means not known. `datapackage.json` describes them as a
  [Data Package 2](https://datapackage.org/standard/data-package/), so frictionless and other tools read and check them.
- **Version** {version}, of {created}.{home}
- **To cite the data:** {contributors} ({year}). *{title}*, version {version}.{homepage} Name the table, and the source that its
  rows or its entry below give.
- **Licence:** {licence}. Each table says what holds for it.
- **Dates** are cut to what is known: 2026, 2026-01 or 2026-01-06. Lists of ids are parted by semicolons.
- **Going on.** New rows come in by `postwar record add`; INSTRUCTORS.md has the page.
- **When a page was seen** stands in `accessed`. For tables and their sources it is 22 November 2026, when stored copies of public
  pages and repositories were gathered. For facts and events collected before August 2026 the day was not recorded.

| Table | What it holds | Rows | Years |
|---|---|---|---|
"""


def text(descriptor: dict) -> str:
    """The whole page for a descriptor of tables."""
    resources = descriptor["resources"]
    home = "This copy names no homepage, since it has not been published at an address of its own."
    site = f" <{descriptor['homepage']}>." if "homepage" in descriptor else ""
    intro = _INTRO.format(
        title=descriptor["title"],
        description=descriptor["description"],
        tables=len(resources),
        version=descriptor["version"],
        created=descriptor["created"][:10],
        year=descriptor["created"][:4],
        homepage=site,
        home=site or f" {home}",
        contributors=", ".join(found["title"] for found in descriptor["contributors"]),
        licence="; ".join(_licence(found) for found in descriptor["licenses"]),
    )
    rows = [
        f"| [{found['name']}](#{found['name']}) | {found['title']} | {found['rows']:,} | {found['years']} |\n"
        for found in resources
    ]
    return intro + "".join(rows) + "".join(_table(found) for found in resources)


def _table(resource: dict) -> str:
    schema = resource["schema"]
    points = [
        f"**Rows** {resource['rows']:,}; **years** {resource['years']}; **key** {', '.join(f'`{name}`' for name in schema['primaryKey'])}.",
        f"**From** {'; '.join(_source(source) for source in resource['sources'])}.",
        f"**Licence:** {'; '.join(_licence(found) for found in resource['licenses'])}.",
        f"**How it was made.** {resource['howMade']}",
        f"**By what:** {resource['madeBy']}.",
        *(f"**Mind:** {caveat}" for caveat in resource["caveats"]),
    ]
    leads = [
        f"`{', '.join(found['fields'])}` → `{found['reference']['resource']}`"
        for found in schema.get("foreignKeys", ())
    ]
    if leads:
        points.append(f"**Leads to** {', '.join(leads)}.")
    columns = "".join(_column(field) for field in schema["fields"])
    listed = "".join(f"- {point}\n" for point in points)
    return (
        f"\n## {resource['name']}\n\n**{resource['title']}.** {resource['description']}\n\n{listed}\n"
        f"| Column | Kind | What it says |\n|---|---|---|\n{columns}"
    )


def _column(field: dict) -> str:
    kind = _TYPES.get(field["type"], field["type"]) + (f", {field['unit']}" if field.get("unit") else "")
    rules = field.get("constraints", {})
    said = field["description"].rstrip(".")
    if "categories" in field:
        said += ": " + "; ".join(f"`{found['value']}` {found['label']}" for found in field["categories"])
    elif "enum" in rules:
        said += ": " + ", ".join(f"`{value}`" for value in rules["enum"])
    if rules.get("required"):
        said += ". Never empty"
    return f"| `{field['name']}` | {kind} | {said.replace('|', '/')}. |\n"


def _licence(licence: dict) -> str:
    return f"[{licence['title']}]({licence['path']})" if "path" in licence else licence["title"]


def _source(source: dict) -> str:
    named = f"{source['publisher']}, “{source['title']}”"
    return f"[{named}]({source['path']})" if "path" in source else named
