"""Words of the timeline and the instructions: what the catalogues of screens do not word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from crypto.log.format.entry import LogEntry
from resources import LANGUAGES
from resources.court.verify_pack import SHOWN
from workstation.documents.receipt_words import RECEIPT_WORDS
from workstation.documents.texts import Texts
from workstation.rules.catalogue.words import Words

__all__ = ["word_entries"]

_TITLES: Final = {
    "kk": "Сеанстың барысы: жазба нөмірі, уақыты, кім, не",
    "ru": "Ход сеанса: номер записи, время, кто, что",
    "en": "Course of the session: entry, time, who, what",
}
_STEPS: Final[Mapping[str, tuple[str, str, str]]] = {
    "prechecks": ("алдын ала тексерулер", "предварительные проверки", "pre-checks"),
    "prechecks.unanswered": ("тізілім жауап бермеді", "реестр не ответил", "register silent"),
    "consent.given": ("келісім берілді", "согласие дано", "consent given"),
    "consent.refused": ("келісімнен бас тартылды", "в согласии отказано", "consent refused"),
    "reference": ("эталон фото қабылданды", "эталонное фото принято", "reference photo accepted"),
    "reference.refused": ("эталон қабылданбады", "эталон отклонён", "reference refused"),
    "document.lines": ("құжат оқылды", "документ прочитан", "document read"),
    "liveness.challenge": ("командалар берілді", "команды заданы", "commands given"),
    "liveness.attempt": ("тірілік тексеруі", "проверка живого присутствия", "liveness attempt"),
    "match": ("бет салыстырылды", "лица сопоставлены", "faces compared"),
    "authority": ("СДАО жауабы", "ответ ЦОИД", "answer of the authority"),
    "statement": ("өтініш ұсынылды", "заявление предъявлено", "statement presented"),
    "statement_saved": ("өтініш файлға сақталды", "заявление сохранено в файл", "statement saved"),
    "signature": ("ЭЦҚ тексерілді", "ЭЦП проверена", "signature verified"),
    "signature.carrier": ("қолтаңба алынбады", "подпись не получена", "signature not obtained"),
    "comparison": ("бақылаушы салыстырды", "контролёр сопоставил", "supervisor compared"),
    "comparison.refused": ("салыстыру өтпеді", "сопоставление отклонено", "comparison refused"),
    "override.granted": ("бақылаушы рұқсат берді", "контролёр разрешил", "supervisor allowed"),
    "override.refused": ("рұқсат қабылданбады", "разрешение отклонено", "override refused"),
    "review.refused": ("бақылаушы бас тартты", "контролёр отказал", "supervisor refused"),
    "way.requested": ("басқа тәсіл сұралды", "запрошен другой способ", "another way requested"),
    "way.answer": ("орталықтың жауабы", "ответ центра", "answer of the centre"),
    "way.left": ("бетке оралды", "возврат к лицу", "back to the face"),
    "way.refused": ("басқа тәсіл қабылданбады", "другой способ отклонён", "another way refused"),
    "exception.requested": ("ерекшелік сұралды", "запрошено исключение", "exception requested"),
    "exception.photo": ("ерекшелік фотосы", "фото исключения", "photo of the exception"),
    "exception.approved": ("ерекшелік мақұлданды", "исключение одобрено", "exception approved"),
    "exception.refused": ("ерекшелік қабылданбады", "исключение отклонено", "exception refused"),
    "liveness.interrupted": ("әрекет үзілді", "попытка оборвалась", "attempt broken off"),
    "liveness.no_challenge": ("әрекет берілмеді", "попытка не дана", "no attempt given"),
    "parked": ("клиент кейін келеді", "клиент придёт позже", "customer comes back later"),
    "came_back": ("клиент оралды", "клиент вернулся", "customer came back"),
    "confirmed": ("кассир растады", "кассир подтвердил", "confirmed by the teller"),
    "suspicion": ("кассир күмәнмен бас тартты", "кассир отказал: подозрение", "refused: suspicion"),
    "handed_over": ("бақылаушыға берілді", "передано контролёру", "handed to a supervisor"),
    "second_look": ("бақылаушы қарады", "контролёр посмотрел", "a supervisor has looked"),
    "second_look.refused": ("қарау саналмады", "взгляд не засчитан", "look not counted"),
    "customer_question": ("сұраққа жауап жоқ", "вопрос без ответа", "question unanswered"),
    "customer_window": ("клиент терезесі жабық", "окно клиента закрыто", "window not shown"),
    "liveness.no_camera": ("камера жоқ", "камеры нет", "no camera"),
    "exception.no_camera": ("камера жоқ", "камеры нет", "no camera"),
    "timestamp.failed": ("уақыт белгісі алынбады", "метка времени не получена", "no time-stamp"),
    "customer_answer": ("клиент жауап берді", "клиент ответил", "customer answered"),
    "next_person": ("келесі адам шақырылды", "приглашён следующий", "next person called"),
    "aborted": ("кассир тоқтатты", "прервано кассиром", "ended by the teller"),
    "deadline": ("уақыт бітті", "время вышло", "time ran out"),
    "fault": ("ақау", "сбой", "fault"),
}  # fmt: skip


def word_entries(
    entries: Sequence[LogEntry], own: Mapping[str, Words]
) -> dict[str, dict[str, str]]:
    """Return, by language, the words of every code that the timeline of these entries shows.

    own  of the policy of that day
    """
    codes = sorted(set(_find_codes(entries)))
    words: dict[str, dict[str, str]] = {}
    for place, language in enumerate(LANGUAGES):
        texts = Texts(language, own)
        found = {code: texts.tr(code) for code in codes if texts.has(code)}
        steps = {f"step.{name}": each[place] for name, each in _STEPS.items()}
        found |= {code: steps[code] for code in codes if code in steps}
        if "profile.demo" in codes:
            found["profile.demo"] = RECEIPT_WORDS[language].simulated
        words[language] = {"court.title": _TITLES[language], **found}
    return words


def _find_codes(entries: Sequence[LogEntry]) -> Iterator[str]:
    for entry in entries:
        yield f"entry.{entry.kind}"
        checks = entry.data.get("checks")
        for stated in (entry.data, *(checks if isinstance(checks, list) else ())):
            for member in SHOWN.split():
                code = stated.get(member) if isinstance(stated, Mapping) else None
                if isinstance(code, str) and code:
                    yield from (code, f"{member}.{code}")
