"""What the law asks of records kept by a computer, clause by clause, in words of our own.

A test that shows a clause begins with its name; `docs/traceability.md` is made from both. A clause
that no software can meet by itself says what is left to the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALCOA: Final = "ALCOA+"
PART_11: Final = "21 CFR part 11"
HIPAA: Final = "HIPAA security rule"
SOURCES: Final = {
    ALCOA: "FDA, Data Integrity and Compliance With Drug CGMP, December 2018; MHRA, March 2018",
    PART_11: "21 CFR 11.10, 11.50 and 11.70",
    HIPAA: "45 CFR 164.312",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One demand; `left_to_the_site` where software alone does not meet it, or not all of it."""

    law: str
    number: str
    asks: str
    left_to_the_site: str = ""
    by_the_site_alone: bool = False

    @property
    def name(self) -> str:
        """How the names of its tests begin."""
        plain = "".join(each if each.isalnum() else "_" for each in self.number.lower())
        return "test_" + "_".join(filter(None, plain.split("_")))


def clause(law: str, number: str, asks: str, site: str = "") -> Clause:
    return Clause(law=law, number=number, asks=asks, left_to_the_site=site)


def by_the_site(law: str, number: str, asks: str, site: str) -> Clause:
    return Clause(law=law, number=number, asks=asks, left_to_the_site=site, by_the_site_alone=True)


CLAUSES: Final = (
    clause(ALCOA, "Attributable", "who did it, in which role, by which message"),
    clause(
        ALCOA,
        "Legible",
        "people can read it, and it stays readable",
        "keeping the root key of a ledger that encrypts: without it nobody reads one",
    ),
    clause(
        ALCOA,
        "Contemporaneous",
        "recording is stamped as it is done, apart from the time of the event",
    ),
    clause(ALCOA, "Original", "the first recording is kept as it came"),
    clause(ALCOA, "Accurate", "nothing false in form comes in; a correction hides nothing"),
    clause(
        ALCOA,
        "Complete",
        "refused and disputed reports are kept; none is missing unseen",
    ),
    clause(
        ALCOA,
        "Consistent",
        "one order of records, whatever order messages come in",
    ),
    clause(ALCOA, "Enduring", "it outlives the process, and a copy of it is checked"),
    clause(
        ALCOA,
        "Available",
        "any moment of it can be asked for, by those who may",
        "who may: the ledger answers whoever has its file and its keys",
    ),
    clause(
        PART_11,
        "11.10(a)",
        "invalid or altered records are told from others",
        "validating the installed system for its intended use",
    ),
    clause(PART_11, "11.10(b)", "accurate and complete copies, for people and for programs"),
    clause(
        PART_11,
        "11.10(c)",
        "records are protected and can be fetched while they are kept",
        "how long they are kept, and where copies lie",
    ),
    clause(
        PART_11,
        "11.10(d)",
        "access is limited to authorized people",
        "who may log in to the host; the ledger gives its files to their owner alone",
    ),
    clause(
        PART_11, "11.10(e)", "a time-stamped trail of who did what, in which nothing is overwritten"
    ),
    clause(PART_11, "11.10(f)", "steps come in the order that is permitted"),
    clause(
        PART_11,
        "11.10(g)",
        "only those with authority sign and decide",
        "telling the ledger the right person; it takes no decision from nobody",
    ),
    clause(
        PART_11,
        "11.10(h)",
        "the source of what is entered is checked",
        "who may send by which connection; a report that names a facility of the site is taken by"
        " whatever connection, which the trail shows",
    ),
    by_the_site(PART_11, "11.10(i)", "people have the training for their tasks", "training"),
    by_the_site(PART_11, "11.10(j)", "people answer for what they sign", "written policies"),
    clause(
        PART_11,
        "11.10(k)",
        "documentation of the system is controlled, with its revisions",
        "the documents, and who gets them; a claim that went out names the rules it was made by",
    ),
    clause(
        PART_11,
        "11.50",
        "a signature shows name, time and meaning, also where it is printed",
        "that the identity is the person's printed name",
    ),
    clause(PART_11, "11.70", "a signature cannot be cut off a record and put on another"),
    clause(
        HIPAA,
        "164.312(a)(1)",
        "only those with rights get at the information",
        "rights of people at the host",
    ),
    clause(
        HIPAA,
        "164.312(a)(2)(i)",
        "each user has an identity of their own",
        "giving out identities; each decision and report must name one",
    ),
    by_the_site(HIPAA, "164.312(a)(2)(ii)", "a way in for emergencies", "the host's"),
    by_the_site(
        HIPAA,
        "164.312(a)(2)(iii)",
        "sessions end by themselves",
        "the host's; the library has no sessions",
    ),
    clause(
        HIPAA,
        "164.312(a)(2)(iv)",
        "information can be encrypted where it lies",
        "choosing it when a ledger is made; keys apart from ledger and backups; what is printed",
    ),
    clause(
        HIPAA,
        "164.312(b)",
        "activity in the system is recorded and can be examined",
        "that who reads names themselves truly is the host's log-in",
    ),
    clause(HIPAA, "164.312(c)(1)", "information is not altered or destroyed unseen"),
    clause(HIPAA, "164.312(c)(2)", "a way to show that it was not altered or destroyed"),
    by_the_site(
        HIPAA,
        "164.312(d)",
        "who asks is who they say they are",
        "the host's log-in; the ledger opens with its keys alone",
    ),
    by_the_site(
        HIPAA,
        "164.312(e)(1)",
        "information on its way is guarded against others",
        "the network: the ledger sends nothing; what it hands out goes to a file of its owner or to"
        " the caller",
    ),
    clause(HIPAA, "164.312(e)(2)(i)", "a change on the way is noticed"),
    clause(
        HIPAA,
        "164.312(e)(2)(ii)",
        "information on its way can be encrypted",
        "the connection of the host; encrypted is the backup of a ledger that encrypts, while a"
        " bundle, an answer and what is printed can be read by whoever gets them",
    ),
)
