"""How large is a force, measured against the people or the line it is there for?

Density targets (security personnel per 1 000 inhabitants) describe internal stability; frontages (kilometres per brigade)
describe defence of a line. The same force can be large by one ruler and tiny by the other, so the task comes first.

Assumed: linear scaling; a share ``reserve`` of the force is held back from the line.

Sources: Quinlivan, J. T. (1995/96), "Force Requirements in Stability Operations", Parameters 25(4): 59-69; Quinlivan (2003),
"Burden of Victory", RAND Review; on false precision Kupchan (1989), World Politics. Frontages of 7-15 km per brigade
appear in Cold War writing (Mearsheimer 1982), not checked against the original.

Not: a force requirement. A policing ratio says nothing about deterring an attack across a border.
"""

from postwar.models.parameters import Parameter, formula

PARAMETERS = {
    "population": Parameter(
        "inhabitants of the area", "P", 100_000, 40_000_000, 1_000_000.0, 100_000, "persons", "(0, inf)"
    ),
    "per_1000": Parameter(
        "security personnel per 1 000 inhabitants", r"\rho", 0, 40, 20.0, 0.5, "per 1 000", "[0, inf)"
    ),
    "front_km": Parameter("length of the line", "L", 50, 2000, 1000.0, 50, "km", "(0, inf)"),
    "km_per_bde": Parameter("line that one brigade can hold", "f", 5, 40, 15.0, 1, "km per brigade", "(0, inf)"),
    "bde_strength": Parameter("persons in a brigade", "s", 3000, 6000, 4500.0, 100, "persons", "(0, inf)"),
    "reserve": Parameter("share held back", "r", 0, 0.5, 0.25, 0.05, "", "[0, 1)"),
    "force": Parameter("troops deployed", "F", 1000, 150_000, 25_000.0, 1000, "persons", "[0, inf)"),
}


@formula(PARAMETERS)
def req_population(population=1_000_000.0, per_1000=20.0):
    """Persons needed to reach a density of ``per_1000`` among the inhabitants."""
    return per_1000 * population / 1000


@formula(PARAMETERS)
def req_frontage(front_km=1000.0, km_per_bde=15.0, bde_strength=4500.0, reserve=0.25):
    """Persons needed to hold the whole line with a share in reserve."""
    return front_km / km_per_bde * bde_strength / (1 - reserve)


@formula(PARAMETERS)
def implied_per_1000(force=25_000.0, population=1_000_000.0):
    """Security personnel per 1 000 inhabitants that the force amounts to."""
    return 1000 * force / population


@formula(PARAMETERS)
def frontage_covered(force=25_000.0, km_per_bde=15.0, bde_strength=4500.0, reserve=0.25):
    """Kilometres of line that the force can hold."""
    return force * (1 - reserve) * km_per_bde / bde_strength


@formula(PARAMETERS)
def troops_per_km(force=25_000.0, front_km=1000.0):
    """Persons per kilometre of line."""
    return force / front_km
