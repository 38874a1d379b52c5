"""Units of amounts: usual ones have the form that belongs to a number, all others stay as they are.

A unit is the person's own word, so its form is chosen in the language in which it was written.
"""

from dataclasses import dataclass
from decimal import Decimal

from babel import Locale

_ENGLISH = (
    "glass glasses,cup cups,mug mugs,bottle bottles,liter liters,litre litres,ounce ounces,"
    "page pages,chapter chapters,book books,article articles,word words,line lines,"
    "second seconds,minute minutes,hour hours,day days,time times,pomodoro pomodoros,"
    "step steps,meter meters,metre metres,kilometer kilometers,kilometre kilometres,mile miles,"
    "lap laps,set sets,rep reps,repetition repetitions,round rounds,session sessions,"
    "exercise exercises,lesson lessons,workout workouts,push-up push-ups,pushup pushups,"
    "pull-up pull-ups,pullup pullups,sit-up sit-ups,squat squats,burpee burpees,"
    "piece pieces,portion portions,serving servings,meal meals,snack snacks,drink drinks,"
    "cigarette cigarettes,pill pills,tablet tablets,calorie calories,gram grams,"
    "kilogram kilograms,pound pounds,dollar dollars,euro euros,call calls,message messages,"
    "email emails,task tasks,problem problems,point points,song songs,photo photos,"
    "apple apples,vegetable vegetables,fruit fruits"
)
"""One and many of each."""
_RUSSIAN = (
    "стакан стакана стаканов,чашка чашки чашек,кружка кружки кружек,бутылка бутылки бутылок,"
    "литр литра литров,страница страницы страниц,глава главы глав,книга книги книг,"
    "статья статьи статей,слово слова слов,строка строки строк,секунда секунды секунд,"
    "минута минуты минут,час часа часов,день дня дней,раз раза раз,помидор помидора помидоров,"
    "шаг шага шагов,метр метра метров,километр километра километров,миля мили миль,"
    "круг круга кругов,подход подхода подходов,повтор повтора повторов,"
    "повторение повторения повторений,упражнение упражнения упражнений,урок урока уроков,"
    "занятие занятия занятий,тренировка тренировки тренировок,"
    "отжимание отжимания отжиманий,подтягивание подтягивания подтягиваний,"
    "приседание приседания приседаний,штука штуки штук,порция порции порций,"
    "сигарета сигареты сигарет,таблетка таблетки таблеток,калория калории калорий,"
    "грамм грамма граммов,килограмм килограмма килограммов,рубль рубля рублей,"
    "звонок звонка звонков,сообщение сообщения сообщений,письмо письма писем,"
    "задача задачи задач,балл балла баллов,песня песни песен,яблоко яблока яблок"
)
"""Of each the forms for 1, for 2 and for 5."""
_ACCUSATIVE = {"а": "у", "я": "ю"}


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms of a unit; in English the last two are one."""

    language: str
    one: str
    few: str
    many: str


def unit_text(unit: str, amount: Decimal, *, genitive: bool = False) -> str:
    """Return the form of a unit that belongs to an amount: `1 glass`, `2 glasses`.

    Args:
        unit: In any of its forms; a word that is not a usual unit is returned as it is.
        amount: As it is shown.
        genitive: As after "at most", where a language has a form for it: `не больше 2 стаканов`.
    """
    forms = _KNOWN.get(unit.lower())
    if forms is None or unit not in (unit.lower(), unit.capitalize()):
        return unit
    number = Decimal(f"{amount.normalize():f}")
    form = _form(forms, Locale(forms.language).plural_form(number), genitive=genitive)
    return form if unit == unit.lower() else form.capitalize()


def many(unit: str) -> str:
    """Return a unit as in "how many glasses"."""
    return unit_text(unit, Decimal(5))


def _form(forms: _Forms, category: str, *, genitive: bool) -> str:
    """Return a form for a CLDR plural category; fractions are "other" in Russian."""
    if forms.language == "en":
        return forms.one if category == "one" else forms.many
    if category in ("one", "other"):
        return forms.few if genitive or category == "other" else forms.one
    return forms.many if genitive or category == "many" else forms.few


def _known() -> dict[str, _Forms]:
    """Return the forms of each usual unit, by every form in which a person may have written it."""
    english = [_Forms("en", one, many, many) for one, many in _read(_ENGLISH)]
    russian = [_Forms("ru", one, few, many) for one, few, many in _read(_RUSSIAN)]
    known = {}
    for forms in (*english, *russian):
        written = {forms.one, forms.few, forms.many}
        if forms.one[-1] in _ACCUSATIVE:
            written.add(forms.one[:-1] + _ACCUSATIVE[forms.one[-1]])
        known.update(dict.fromkeys(written, forms))
    return known


def _read(table: str) -> list[list[str]]:
    return [unit.split() for unit in table.split(",")]


_KNOWN = _known()
