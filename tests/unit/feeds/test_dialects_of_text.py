"""Where banks write what: the other side, references and marks of MT940 and BAI2, in their ways."""

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.feeds.reading import Reading
from pipelines.feeds.statements.bai2 import BAI2
from pipelines.feeds.statements.canonical_json import statement_objects
from pipelines.feeds.statements.mt940 import MT940
from tests.unit.feeds.conftest import InMemory, Whole

OWN, OTHER = "NL00BANK0123456789", "NL11RABO0987654321"


@pytest.fixture
def swift(source: Any) -> Any:
    """What is said of a message with one movement, `:61:` and what follows it given."""

    def read(movement: str, account: str = OWN, foot: str = "", mark: str = "-") -> dict[str, Any]:
        text = (
            f":20:S1\n:25:{account}\n:28C:1/1\n:60F:C260114EUR0,00\n{movement}\n"
            f":62F:C260115EUR10,25\n{foot}{mark}\n"
        )
        given = source(text.encode())
        (said,) = statement_objects(given, MT940.read(given))
        assert said["entries"][0]["amount"] == "10.25"
        assert said["balance_control"]["outcome"] == "holds"
        return dict(said)

    return read


def entry(said: dict[str, Any]) -> dict[str, Any]:
    return dict(said["entries"][0])


@pytest.mark.parametrize(
    ("reference", "code"),
    [("NONREF", None), (" NTRFNONREF", "NTRF"), ("NTRFNONREF", "NTRF"), (" NONREF", None)],
)
def test_a_reference_is_no_type_and_a_blank_may_stand_before_one(
    reference: str, code: str | None, swift: Any
) -> None:
    said = entry(swift(f":61:2601150115C10,25{reference}"))
    assert (said["reference"], said["bank_transaction_code"]) == ("NONREF", code)


@pytest.mark.parametrize(
    ("written", "account", "servicer", "currency"),
    [
        ("/RO49AAAA1B31007593840000", "RO49AAAA1B31007593840000", None, "EUR"),
        ("//AT12345/12345678901/EUR", "12345678901", "AT12345", "EUR"),
        ("233025/40069462", "40069462", "233025", "EUR"),
        ("0123456789/EUR", "0123456789", None, "EUR"),
    ],
)
def test_slashes_around_an_account_are_no_part_of_it(
    written: str, account: str, servicer: str | None, currency: str, swift: Any
) -> None:
    said = swift(":61:2601150115C10,25NTRFX", account=written)["account"]
    assert (said["id"], said["servicer"], said["currency"]) == (account, servicer, currency)


def test_the_holders_own_account_is_not_the_other_side(swift: Any) -> None:
    said = entry(swift(":61:260115C10,25NET NONREF\n:86:000>100555555555>20NAME>310666666666",
                       account="BANKNL2A/0666666666"))  # fmt: skip
    assert said["counterparty_account"] == "0555555555"
    assert said["remainder"]["own_account"] == "0666666666"


def test_a_bank_and_an_account_on_lines_of_their_own_are_no_remittance(swift: Any) -> None:
    details = f":86:000>100000000000>20RABONL2U>21{OTHER}>22A NAME>310666666666"
    said = entry(swift(f":61:260115C10,25NET X\n{details}", account="BANKNL2A/0666666666"))
    assert (said["counterparty_account"], said["counterparty_agent"]) == (OTHER, "RABONL2U")
    assert said["remittance"] == "A NAME"


def test_an_account_alone_under_the_movement_is_the_other_side(swift: Any) -> None:
    said = entry(swift(f":61:260115C10,25N541EREF\n{OTHER}\n:86:/EREF/E1/ORDP//NAME/A BV"))
    assert (said["counterparty_account"], said["counterparty_name"]) == (OTHER, "A BV")
    assert said["additional_information"] is None


def test_an_account_as_the_reference_has_the_name_under_it(swift: Any) -> None:
    said = entry(swift(f":61:2601150115C10,25NOVB{OTHER}\na. name\n:86: \n"))
    assert (said["counterparty_account"], said["counterparty_name"]) == (OTHER, "a. name")


def test_a_creditors_id_is_no_account(swift: Any) -> None:
    said = entry(swift(":61:2601150115C10,25NDDTDE98ZZZ09999999999\n:86:text"))
    assert said["counterparty_account"] is None


def test_coded_text_under_a_line_for_people_is_read(swift: Any) -> None:
    blank = " " * 65
    details = (
        f":86:{OTHER} a. name\n{blank}\n/TRTP/Incasso/NAME/A. NAME/MARF/M1/REMI/Invoice 7/EREF/E1"
    )
    said = entry(swift(f":61:2601150115C10,25NINC{OTHER}\na. name\n{details}"))
    assert (said["remittance"], said["end_to_end_id"]) == ("Invoice 7", "E1")
    assert (said["mandate_id"], said["counterparty_account"]) == ("M1", OTHER)


def test_codes_may_lack_their_first_slash(swift: Any) -> None:
    said = entry(swift(":61:2601150115C10,25NTRFX\n:86:EREF/E1/REMI/Invoice 7"))
    assert (said["end_to_end_id"], said["remittance"]) == ("E1", "Invoice 7")


def test_account_name_and_text_may_stand_behind_one_code(swift: Any) -> None:
    said = entry(swift(":61:2601150115C10,25NMSCX\n:86:/ORDP/300000001234567\n/A NAME\n/Loan"))
    assert said["counterparty_account"] == "300000001234567"
    assert (said["counterparty_name"], said["remittance"]) == ("A NAME", "Loan")


def test_a_structured_reference_stands_for_the_remittance(swift: Any) -> None:
    details = ":86:/BENM//NAME/Tax/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/123456/ISDT/2026-01-15"
    assert entry(swift(f":61:260115C10,25N086X\n{details}"))["remittance"] == "123456"


def test_text_behind_an_original_amount_is_the_remittance(swift: Any) -> None:
    said = entry(swift(":61:2601150115C10,25NTRFX\n:86:/OCMT/USD12,00/\nINVOICE 7"))
    assert (said["remittance"], said["remainder"]["OCMT"]) == ("INVOICE 7", "USD12,00")


@pytest.mark.parametrize("mark", ["+", "~"])
def test_other_marks_before_numbered_fields(mark: str, swift: Any) -> None:
    details = f"000{mark}20INVOICE 7{mark}32A NAME{mark}33RO49AAAA1B31007593840000{mark}"
    said = entry(swift(f":61:2601150115C10,25NTRFX\n:86:{details}"))
    assert (said["remittance"], said["counterparty_name"]) == ("INVOICE 7", "A NAME")
    assert said["counterparty_account"] == "RO49AAAA1B31007593840000"


def test_an_available_balance_that_is_odd_spoils_nothing(swift: Any) -> None:
    said = swift(":61:2601150115C10,25NTRFX\n:86:166?20TEXT", foot=":65F:Dnullnull10,25\n")
    assert entry(said)["remittance"] == "TEXT"
    assert [finding["code"] for finding in said["findings"]] == ["balance_not_read"]


@pytest.mark.parametrize(("mark", "kept"), [("-XXX", "said -XXX"), (" -}", "said")])
def test_a_text_ends_at_the_mark_behind_its_message(mark: str, kept: str, swift: Any) -> None:
    said = swift(
        ":61:2601150115C10,25NTRFX",
        foot=":86:said",
        mark=f"{'' if mark[0] == ' ' else chr(10)}{mark}\n0000 01NEXT",
    )
    (finding,) = said["findings"]
    assert finding["message"].startswith(kept)


def test_a_related_reference_is_told_unless_there_is_none(swift: Any) -> None:
    assert swift(":21:NONREF\n:61:2601150115C10,25NTRFX")["findings"] == []
    (finding,) = swift(":21:REQUEST 7\n:61:2601150115C10,25NTRFX")["findings"]
    assert "REQUEST 7" in finding["message"]


def test_bai2_takes_a_clock_with_colons_and_a_comma_too_many(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    data = (
        "01,BANK,CUST,260115,14:59:35,1,,,2/\n02,CUST,BANK,1,260115,,USD,2/\n"
        "03,12345678,USD,010,1000,,,015,1500,,,/\n88,040,1000,,,045,1500,,,/\n"
        "16,142,500,,7,/\n49,5500,4/\n98,5500,1,6/\n99,5500,1,8/\n"
    )
    assert BAI2.recognises(data.encode(), "")
    got = whole(read(BAI2, data.encode()))
    kinds = {row["balance_type"]: str(row["amount"]) for row in got.rows["statement_balances"]}
    assert kinds == {"OPBD": "10.000", "CLBD": "15.000", "OPAV": "10.000", "CLAV": "15.000"}
    assert got.findings == []


@pytest.mark.parametrize(
    "mark", ["-", "}", "-}", "-+@446@", "-XXX", "-}{1:F21BANKXXXX}{4:{177:1}}"]
)
@pytest.mark.parametrize("foot", ["", ":64:C260115EUR10,25\n"])
def test_a_message_may_end_behind_its_balance_in_any_way(mark: str, foot: str, swift: Any) -> None:
    assert swift(":61:2601150115C10,25NTRFX", foot=foot, mark=mark)["findings"] == []


def test_an_end_mark_may_stand_on_the_line_of_the_last_balance(swift: Any) -> None:
    said = swift(":61:2601150115C10,25NTRFX", foot=":64:C260115EUR10,25", mark="-}{5:{CHK:1}}")
    assert said["findings"] == []


def test_a_message_may_be_indented_and_its_text_keeps_deeper_blanks(source: type[InMemory]) -> None:
    lines = [":20:S1", ":25:12345678", ":28C:1/1", ":60F:C260114EUR0,00"]
    lines += [":61:2601150115C10,25NTRFX", ":86:first", "  :20: is no tag here"]
    lines += [":62F:C260115EUR10,25", "-"]
    given = source("\n".join("    " + line for line in lines).encode())
    (said,) = statement_objects(given, MT940.read(given))
    assert said["balance_control"]["outcome"] == "holds"
    assert ":20: is no tag here" in entry(said)["remittance"]
