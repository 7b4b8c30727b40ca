"""Make the practice council: fictional families as data, the same every time.

    python packaging/make_council.py > fieldkit/commands/practice/data/council.json

Nobody here exists. Telephone numbers come from the ranges kept free for drama, NHS numbers from the 999 test range,
postcodes from an area (WY) that the post does not use. Some names are awkward on purpose: they are the names on
which software breaks, and every one of them must be shown letter for letter.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from datetime import date, timedelta
from typing import Any

SEED = 20261123
TODAY = date(2026, 11, 23)
PLAIN_FAMILIES = 214
SPACE = uuid.UUID("5f0b6a38-8a52-4c39-9a4e-3f6b8d1c2e70")

SURNAMES = """Abara Adeyemi Ahmed Akhtar Allen Archer Baker Banerjee Barlow Begum Bennett Bielak Blythe Bose Brook
Byrne Carr Chaudhry Chowdhury Clarke Cole Dacosta Dalton Das Dhillon Dobson Doyle Dube Eastwood Edwards Ekwueme Ellis
Farrow Fenn Ferreira Finch Fox Garrity Georgiou Gill Goddard Green Hadley Haines Hassan Hewitt Holt Hossain Hussain
Ibrahim Iqbal Jackson Jankowski Jarvis Jha Jones Kamara Kaur Kelly Khan Kowalczyk Kumar Lam Lawson Lewandowski Lim
Lisowski Lowe Mahmood Malik Marsh Mazur McBride Mehta Mensah Mitchell Moyo Murphy Nair Ndlovu Nowicka Nwosu Oduya
Osei Owusu Page Park Pereira Petrov Popescu Price Quaye Rahman Reid Rossi Rowe Sadiq Sandhu Santos Sesay Shah Silva
Singh Sobol Stone Suleiman Sylvester Szabo Tailor Tembo Thapa Todd Tran Turay Uddin Vance Varga Walsh Ward Wells
Whitlock Wozniak Yates Yeboah Yilmaz Zaman Zielinski""".split()
ADULTS = """Abena Adam Agnieszka Aisha Alan Amina Andrea Anil Anna Beatriz Ben Bernadette Callum Carol Chloe Daniel
Dawn Deepa Dorota Ebony Elena Emeka Esther Farah Fatima Gareth Gemma Grace Hana Helen Ifeoma Imran Iwona Jade James
Jasmine Jerome Joanna Joseph Karen Kelly Kwame Laila Laura Leanne Liam Lucia Magda Maria Mark Mei Michael Monika
Nadia Naomi Neil Nicola Olga Omar Paul Precious Priya Rachel Rajesh Rebecca Robert Rosa Ruth Ryan Sabina Sadia Sam
Sandra Sara Sean Sharon Simon Sunita Tendai Teresa Thomas Tomasz Tracey Uzma Victor Wendy Yasmin Yusuf Zainab""".split()
CHILDREN = """Aaliyah Abdul Adele Aiden Alfie Alicja Amara Amelia Aria Arjun Ava Ayaan Bella Blessing Caleb Charlie
Chidera Daisy Daniyal Demi Eliza Elsie Emre Eva Ezra Faith Filip Florence Freddie George Hafsa Harvey Hope Hugo Ibby
Iris Isla Jacob Jakub Jaxon Jessica Jude Kacper Kayla Khadija Kian Lara Leo Lily Logan Lola Maja Mason Maya Mia
Mohammed Muhammad Nia Noah Nora Oliver Olivia Oscar Poppy Quinn Reece Riley Rosie Rowan Ruby Safiya Seren Sofia Sonny
Stanley Tariq Teddy Theo Tia Tobi Violet Willow Xander Yuki Zara Zofia""".split()
STREETS = """Mill Road|Quarry Lane|Station Approach|Larkfield Way|Orchard Close|Bell Street|The Maltings|Ferry Rise|
Heron Drive|Tannery Yard|Chapel Walk|Long Drove|Windmill Green|Pound Hill|Sedge Court|Alder Gardens""".replace("\n", "")
RISKS = ("low", "low", "low", "low", "medium", "medium", "high")
WORKERS = (
    {"name": "Asha Patel", "role": "worker", "team": "Early Help North"},
    {"name": "Marek Nowak", "role": "centre", "team": "Larkfield Centre"},
    {"name": "Carys Evans", "role": "lead", "team": "Early Help North"},
)
AGENCIES = """Quarry Lane Surgery|GP;Larkfield Midwives|midwife;Wychmere Health Visiting|health visitor;
Wychmere School Nursing|school nurse;Open Door CAMHS|CAMHS;Fenside Adult Mental Health|adult mental health;
Mere Paediatrics|paediatrics;Chatter Speech and Language|speech & language;Turning Tide|drug & alcohol;
Ladybird Nursery|nursery;Mill Road Primary|primary;Ferry Rise Academy|secondary;Heron Special School|special;
Wychmere College|college;Wychmere Education Welfare|education welfare;
Mere Educational Psychology|educational psychology;
Wychmere Youth Justice|youth justice;The Hut Youth Project|youth work;North Neighbourhood Team|police neighbourhood;
Wychmere Probation|probation;Haven Against Abuse|domestic abuse service;Quarry Homes|housing provider;
Mere District Housing|district council housing;Wychmere Jobcentre|Jobcentre;Clear Debt Advice|debt advice;
Young Carers Together|voluntary;Home Friends|voluntary;All Faiths Larder|faith group;
Wychmere Children's Social Care|social care;Council Legal Services|legal services""".replace("\n", "")
AWKWARD = (
    ("O'Brien-Núñez", ("Siân", "D'Arcy"), ("Zoë-Ann", "Máire")),
    ("[Smith]", ("Kerry",), ("Unborn",)),
    ("Brennan-Hughes", ("Siobhán",), ("Liam", "Aoife", "Unborn")),
    ("Okafor", ("Ngozi", "Emeka"), ("Chidi", "Ada")),
    ("Wolfeschlegelsteinhausenbergerdorffschmid", ("Maximiliana-Theodora-Wilhelmina-Henrike",), ("Jo",)),
    ("", ("Sukarnoputri", "Budi"), ("Cahaya", "Dewi")),
    ("الخطيب", ("ليلى", "يوسف"), ("نور", "سارة")),
    ("כהן", ("רחל",), ("נועם", "תמר")),
    ("Nguyễn", ("Thị Hương", "Văn Đức"), ("Bảo Ngọc", "An")),
    ("Żółkiewska-Błaszczyk", ("Małgorzata",), ("Łucja", "Święcisław")),
    ("Ng", ("Li", "O"), ("Xi",)),
    ("Null", ("Jennifer",), ("True", "None")),
    ("van der Berg - de la Cruz", ("Ana María",), ("José-Luís",)),
    ("Smith [also Smyth]", ("Pat",), ("Sam [twin 1]", "Sam [twin 2]")),
    ("McDonald & Sons-Grant", ("Ailsa",), ("Ruaridh", "Mòrag")),
    ("Çelik-Şahin", ("Gülşen", "İbrahim"), ("Ilgın", "ığdır")),
    ("Κωνσταντίνου", ("Ελένη",), ("Άννα",)),
    ("Шевченко", ("Оксана", "Тарас"), ("Соломія",)),
    ("山田", ("花子",), ("ゆき", "れん")),
    ("e\u0301Toile", ("Noe\u0308l",), ("Rene\u0301e",)),
    ("=Sum", ("Bob",), ("-1",)),
    ("O\u2019Neill", ("Sinéad",), ("Caoimhe \u201cQueenie\u201d",)),
)


def nhs_number(dice: random.Random) -> str:
    """A number from the 999 test range with a right check digit (weights 10 to 2, modulus 11)."""
    while True:
        digits = "999" + "".join(str(dice.randrange(10)) for _ in range(6))
        check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)


def identity(*parts: object) -> str:
    """A stable id: the same family has the same id in every practice council."""
    return str(uuid.uuid5(SPACE, "/".join(map(str, parts))))


def person(dice: random.Random, family: str, given: str, surname: str, child: bool) -> dict[str, Any]:
    """One person; a child called Unborn has an expected date instead of a date of birth."""
    made: dict[str, Any] = {"id": identity(family, given, surname), "given": given, "surname": surname}
    if given == "Unborn":
        return made | {"relation": "unborn", "expected": str(TODAY + timedelta(dice.randrange(30, 200)))}
    days = dice.randrange(20, 17 * 365) if child else dice.randrange(19 * 365, 46 * 365)
    made |= {"dob": str(TODAY - timedelta(days)), "sex": dice.choice(("female", "male"))}
    if child:
        return made | {"relation": "child", "nhs_number": nhs_number(dice), "household": "home"}
    return made | {"phone": f"07700 900{dice.randrange(1000):03}"}


def family(
    dice: random.Random, index: int, surname: str, adults: tuple[str, ...], children: tuple[str, ...]
) -> dict[str, Any]:
    """One family with its address, state and people; the first adult is the mother, the second the father."""
    key = identity("family", index, surname)
    people = []
    for place, given in enumerate(adults):
        relation = ("mother", "father", "grandparent")[place]
        home = "home" if place == 0 or dice.random() < 0.6 else "elsewhere"
        rights = "yes" if place == 0 else dice.choice(("yes", "yes", "no"))
        people.append(
            person(dice, key, given, surname, False) | {"relation": relation, "household": home, "pr": rights}
        )
    people += [person(dice, key, given, surname, True) for given in children]
    street = dice.choice(STREETS.split("|"))
    return {
        "id": key,
        "name": surname or adults[0],
        "address": f"{dice.randrange(1, 180)} {street}",
        "postcode": f"WY{dice.randrange(1, 10)} {dice.randrange(1, 10)}"
        + dice.choice("ABDEFGH")
        + dice.choice("JLNPQRS"),
        "risk_level": dice.choice(RISKS),
        "status": "open",
        "next_visit": str(TODAY + timedelta(dice.randrange(0, 40))),
        "people": people,
    }


def council() -> dict[str, Any]:
    """The whole council: staff, centre, agencies, families."""
    dice = random.Random(SEED)
    plan = list(AWKWARD)
    for _ in range(PLAIN_FAMILIES):
        adults = tuple(dice.sample(ADULTS, dice.choice((1, 1, 2, 2, 2))))
        plan.append((dice.choice(SURNAMES), adults, tuple(dice.sample(CHILDREN, dice.choice((1, 2, 2, 3, 3, 4))))))
    return {
        "council": "Wychmere Council",
        "duty": {"day": "01632 960100", "night": "01632 960199"},
        "workers": list(WORKERS),
        "centre": {"id": identity("centre", "Larkfield"), "name": "Larkfield Child and Family Centre"},
        "agencies": [
            {"id": identity("agency", name), "name": name, "type": kind, "phone": f"01632 960{200 + place}"}
            for place, (name, kind) in enumerate(pair.split("|") for pair in AGENCIES.split(";"))
        ],
        "families": [family(dice, place, *names) for place, names in enumerate(plan)],
    }


if __name__ == "__main__":
    made = council()
    lines = [json.dumps(f, ensure_ascii=False) for f in made.pop("families")]
    head = json.dumps(made, ensure_ascii=False, indent=1)
    sys.stdout.write(head[:-2] + ',\n "families": [\n' + ",\n".join(lines) + "\n ]\n}\n")
