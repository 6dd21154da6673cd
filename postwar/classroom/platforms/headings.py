"""Headings of exports in the languages in which platforms write them.

A platform translates the headings of its exports into the language of whoever exports. `english` finds what each stands for; an export is
written back under its own headings. What is not listed here is left as it is, and named where it was needed.
"""

import re
import unicodedata

#: What a column holds: how it is headed, in small letters and with plain apostrophes.
WORDS = {
    "first": "first name|given name|given name(s)|forename|vorname|prénom|nombre|nome|voornaam|imię|ім'я|имя|förnamn|fornavn|etunimi|jméno|křestní jméno"
    "|keresztnév|prenume|ad|adı",
    "last": "last name|surname|family name|nachname|familienname|nom|nom de famille|apellido|apellido(s)|apellidos|cognome|apelido|apelido(s)|sobrenome"
    "|achternaam|nazwisko|прізвище|фамилия|efternamn|etternavn|efternavn|sukunimi|příjmení|vezetéknév|nume|soyadı|soyad",
    "full": "full name|name|vollständiger name|nom complet|nombre completo|nome completo|volledige naam|naam|imię i nazwisko|повне ім'я|прізвище та ім'я"
    "|ім'я та прізвище|полное имя|fullständigt namn|fullt navn|celé jméno",
    "email": "email address|email|e-mail|e-mail address|mail|e-mail-adresse|adresse de courriel|courriel|adresse e-mail|adresse électronique|dirección de correo"
    "|dirección de correo electrónico|dirección email|correo electrónico|correo|indirizzo email|indirizzo e-mail|endereço de e-mail|endereço de email|e-mailadres"
    "|adres e-mail|електронна пошта|адреса електронної пошти|адрес электронной почты|e-postadress|e-postadresse|e-mailová adresa|e-posta adresi",
    "number": "id number|idnumber|student number|student id|id-nummer|matrikelnummer|numéro d'identification|numéro d'étudiant|número de id|número de identificación"
    "|matrícula|matricola|codice identificativo|número de identificação|studentnummer|numer id|numer identyfikacyjny|numer albumu|ідентифікаційний номер"
    "|индивидуальный номер|opiskelijanumero|student-id|studenten-id|id étudiant|id de l'étudiant|id estudiante|id de estudiante|id de alumno|id studente"
    "|id do aluno|id aluno",
    "username": "username|user name|login|anmeldename|benutzername|nutzername|nom d'utilisateur|nombre de usuario|usuario|nome utente|nome de utilizador|nome de usuário"
    "|gebruikersnaam|nazwa użytkownika|ім'я користувача|логін|логин|användarnamn|brukernavn|brugernavn|käyttäjätunnus|uživatelské jméno|kullanıcı adı",
    "groups": "groups|group|gruppen|gruppe|groupes|groupe|grupos|grupo|gruppi|gruppo|groepen|groep|grupy|grupa|групи|група|grupper|grupp",
    "identifier": "identifier|id|identifiant|kennung|identificador|identificativo|identificatie|identyfikator|ідентифікатор|идентификатор",
    "grade": "grade|bewertung|note|calificación|valutazione|nota|cijfer|ocena|оцінка|оценка|betyg|karakter",
    "maximum": "maximum grade|bestwertung|beste bewertung|höchste bewertung|note maximale|calificación máxima|valutazione massima|nota máxima|maximale cijfer"
    "|maximumcijfer|najwyższa ocena|maksymalna ocena|максимальна оцінка|максимальная оценка",
    "comments": "feedback comments|feedback als kommentar|feedback-kommentare|feedbackkommentare|commentaires de feedback|feedback par commentaires"
    "|comentarios de retroalimentación|comentarios de la retroalimentación|commenti|commenti di feedback|comentários de feedback|comentários|коментарі до відгуку",
    "modified": "last modified (submission)|zuletzt geändert (abgabe)|dernière modification (travail remis)|dernière modification (remise)"
    "|última modificación (entrega)|ultima modifica (consegna)|última modificação (submissão)|laatst gewijzigd (inzending)",
}
_MEANING = {heading: meaning for meaning, headings in WORDS.items() for heading in headings.split("|")}


def meaning(heading: str) -> str:
    """What a column holds, one of the keys of `WORDS`; empty where that is not known."""
    plain = unicodedata.normalize("NFC", re.sub(r"[\s_]+", " ", heading)).strip().casefold()
    return _MEANING.get(re.sub(r"[’ʼ`´]", "'", plain), "")


def english(header: list[str], own: dict[str, str]) -> dict[str, str]:
    """Each heading with the one by which a platform's module knows it (``own``: meaning -> heading); the first of several counts."""
    named, used = {}, set(header) & set(own.values())
    for heading in header:
        known = own.get(meaning(heading), "")
        named[heading] = known if heading not in used and known and known not in used else heading
        used.add(named[heading])
    return named
