"""Payers' policies as pages: what they say of each other, and of what the code book says too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from tests.claims.cells import SITE
from tests.given import day, history, opened, record
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.domain.centre.agreement import refuse_what_the_rules_lack
from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.policies.policy import Ask, Item, Policy
from veinledger.domain.rules import rules_of
from veinledger.projections.authorization.checklist import LABELS
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.reading import READINGS
from veinledger.projections.case.opening import case_of
from veinledger.projections.case.policies import asks_for, policy_for, policy_of

KINDS: tuple[Coverage, ...] = get_args(Coverage)
DAYS = (date(2023, 5, 1), date(2025, 6, 25), date(2025, 6, 26), date(2026, 5, 1))
POLICY = """
[[policy]]
name = "ours"
label = "Ours"
authorization = "formal"
from = 2026-01-01
editions = ["public"]
source = "a letter"
row = "site: a letter"
confidence = "high"
"""


def built(name: str, builds_on: str) -> str:
    """The page of a policy that builds on another."""
    return POLICY.replace('"ours"', f'"{name}"\nbuilds_on = "{builds_on}"')


def case(edition: Edition = "public") -> Case:
    made = case_of(history(opened()), SITE, shipped_rules(edition))
    assert made is not None
    return made


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("on", DAYS)
def test_policy_and_code_book_say_the_same_of_accreditation(
    on: date, kind: Coverage, edition: Edition
) -> None:
    """`by_payer` is an ask that nobody has verified: shown in a packet, it holds no claim."""
    policy = policy_for(case(edition), on, None, kind)
    assert policy is not None
    ask = asks_for(case(edition), policy, None, on).get("fact_accreditation")
    entry = shipped_rules(edition).find("fact_accreditation", on, kind)
    assert entry is not None
    said = "not_required" if ask is None else "required"
    if ask is not None and ask.confidence == "unverified":
        said = "by_payer"
    assert said == entry.code


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("on", DAYS)
def test_policy_and_code_book_say_the_same_of_asking_beforehand(on: date, edition: Edition) -> None:
    for kind in KINDS:
        policy = policy_for(case(edition), on, None, kind)
        entry = shipped_rules(edition).find("prior_authorization", on, kind)
        assert policy is not None
        if entry is None:  # the book is silent about Medicaid: the policy is a guess and says so
            assert (kind, policy.confidence) == ("Medicaid", "unverified")
        else:
            assert entry.code == (
                "required" if policy.authorization == "formal" else "not_required"
            )


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("on", DAYS)
def test_policies_ask_for_the_rems_on_the_days_on_which_the_product_has_it(
    on: date, edition: Edition
) -> None:
    product = case(edition).product
    for policy in shipped_rules(edition).listed(Policy, on):
        asked = "rems_certification" in asks_for(case(edition), policy, None, on)
        assert asked == bool(product.programmes_on(on, edition)), policy.name


def test_the_directorys_own_word_goes_before_the_policys() -> None:
    payer = next(each for each in SITE.payers if each.name == "birch_health")
    policy = policy_for(case(), day(0), payer, "commercial")
    assert policy is not None
    ask = asks_for(case(), policy, payer, day(0))["fact_accreditation"]
    assert (ask.confidence, ask.row) == ("high", "site: payer birch_health")
    medicare = policy_for(case(), day(0), None, "FFS")
    assert medicare is not None
    asked = asks_for(case(), medicare, replace(payer, policy=None), day(0))
    assert asked["neurological_plan"].source == "the directory: asks_for of the payer"


def test_every_item_has_a_reading_and_a_label() -> None:
    assert set(READINGS) == set(LABELS) == set(get_args(Item))


def test_no_shipped_row_about_a_named_payer_pretends_to_be_verified() -> None:
    listing, named = shipped_rules().listing, ("unitedhealthcare", "aetna", "cigna")
    policies = [(each.confidence, each.row) for each in listing.all(Policy) if each.name in named]
    asks = [(each.confidence, each.row) for each in listing.all(Ask) if each.policy in named]
    assert {row for _, row in (*policies, *asks)} == {"R87", "R72"}
    assert {sure for sure, _ in (*policies, *asks)} == {"unverified", "low"}


def test_a_payer_without_a_policy_page_has_none() -> None:
    covered = CoverageRecorded(payer="someone", kind="other", since=day(-400))
    told = [e for e in opened() if not isinstance(e.fact, CoverageRecorded)]
    made = case_of(history([*told, record(covered, -90)]), SITE, shipped_rules())
    assert made is not None
    assert policy_of(made, day(0)) is None


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        (
            POLICY.replace("authorization =", 'builds_on = "nobody"\nauthorization ='),
            "policy 'ours': field 'builds_on': no policy is named 'nobody'",
        ),
        (
            POLICY.replace("[[policy]]", "[[ask]]")
            .replace('"ours"', '"ecog"')
            .replace('authorization = "formal"', 'policy = "theirs"'),
            "ask 'ecog': field 'policy': no policy is named 'theirs'",
        ),
        (POLICY.replace('"formal"', '"perhaps"'), "field 'authorization' is 'perhaps'"),
    ],
)
def test_a_page_that_names_what_no_page_has_is_refused(page: str, complaint: str) -> None:
    ours = {"policies/ours.toml": page.encode()}
    with pytest.raises(PageError) as refused:
        rules_of(shipped_pages(), edition="public", version="0", overlays=[ours])
    assert complaint in str(refused.value)
    assert "policies/ours.toml" in str(refused.value)


def test_a_payer_that_names_a_policy_that_no_page_has_is_refused() -> None:
    payers = tuple(replace(each, policy="nobodys") for each in SITE.payers)
    with pytest.raises(PageError, match="field 'policy': no page of policies has 'nobodys'"):
        refuse_what_the_rules_lack(replace(SITE, payers=payers), shipped_rules())


def test_a_sites_pages_are_laid_over_the_shipped_ones_row_by_row() -> None:
    page = built("aetna", "cigna")
    ours = {"policies/ours.toml": page.encode()}
    rules = rules_of(shipped_pages(), edition="public", version="0", overlays=[ours])
    before, after = (
        next(each for each in rules.listed(Policy, on) if each.name == "aetna")
        for on in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert (before.builds_on, after.builds_on) == ("commercial", "cigna")


def test_policies_that_build_on_each_other_in_a_circle_end() -> None:
    pages = [built(one, other) for one, other in (("one", "other"), ("other", "one"))]
    ours = {"policies/ours.toml": "".join(pages).encode()}
    rules = rules_of(shipped_pages(), edition="public", version="0", overlays=[ours])
    made = case_of(history(opened()), SITE, rules)
    assert made is not None
    one = next(each for each in rules.listed(Policy, date(2026, 5, 1)) if each.name == "one")
    assert asks_for(made, one, None, date(2026, 5, 1)) == {}
