"""What a person is told whose models cannot be made: where, what was expected, what is nearest."""

import pytest

from extensions.conversation.model_functions import MESSAGE_PREFIX
from extensions.models_on_request.requests import ModelsError, RequestedModels

MISTAKES = {
    # The form of the text.
    "customer: name str": "line 1, column 1: expected a model's name, which starts with a capital "
    "letter, found 'customer'. Did you mean 'Customer'?",
    "= x": "line 1, column 1: expected a model's name, such as 'Customer', found '='.",
    "Invoice_Line": "line 1, column 1: 'Invoice_Line' is no name for a model: use the letters "
    "A to Z and digits. Did you mean 'InvoiceLine'?",
    "Customer name str": "line 1, column 10: expected ':' or ',' after the model 'Customer', "
    "found 'name'.",
    "Customer: Name str": "line 1, column 16: expected ':' or ',' after the model 'Name', "
    "found 'str'. A field's name starts with a small letter: 'name'?",
    "Customer: dueDate date": "line 1, column 11: 'dueDate' is no name for a field: use small "
    "letters, digits and single '_'. Did you mean 'due_date'?",
    "Customer: 'a' str": "line 1, column 11: expected a field's name, such as 'email', found '''.",
    "Customer:\n  name str,\n  mail": "line 3, column 7: expected a type or '->' after 'mail', "
    "found the end.",
    "Customer: name str\ninvoice: number int": "line 2, column 8: expected a type or '->' after "
    "'invoice', found ':'. If 'invoice' is a model, it starts with a capital letter: 'Invoice'.",
    "Customer: name str(120) email str": "line 1, column 25: expected '?', 'unique', 'index', "
    "'search', '=', or ',' after 'name', found 'email'.",
    "Customer: name str uniqe": "line 1, column 20: expected '?', 'unique', 'index', 'search', "
    "'=', or ',' after 'name', found 'uniqe'. Did you mean 'unique'?",
    "Customer: name str null": "line 1, column 20: expected '?', 'unique', 'index', 'search', '=', "
    "or ',' after 'name', found 'null'. Write '?' to allow NULL.",
    "Customer: visits int default 0": "line 1, column 22: expected '?', 'unique', 'index', "
    "'search', '=', or ',' after 'visits', found 'default'. Write '=' and the default.",
    "Invoice: tags -> Tag many\nTag": "line 1, column 22: expected '?', 'unique', 'cascade', "
    "'restrict', or ',' after 'tags', found 'many'. Write '<->' for many-to-many.",
    "Customer: name Optional[str]": "line 1, column 16: unknown type 'Optional'. Write '?' after "
    "the type.",
    "Customer: name str unique?": "line 1, column 26: expected '?', 'unique', 'index', 'search', "
    "'=', or ',' after 'name', found '?'. A '?' follows the type at once.",
    "Customer: name str unique index": "line 1, column 27: 'unique' brings an index of its own: "
    "say one of the two, once.",
    f"Customer: {'n' * 29} str": f"line 1, column 11: '{'n' * 29}' has 29 characters; a name has "
    "at most 28.",
    f'Customer "{"a" * 71}"': "line 1, column 10: the description has 71 characters; there is "
    "room for 70.",
    'Customer "it\'s"': "line 1, column 10: expected a description of letters, without quotation "
    "marks and backslashes in it.",
    "Pass: until date = 9999-12-31": "line 1, column 20: a comparison in Python would not find "
    "'9999-12-31', for which the driver sends infinity. Leave the field empty, with '?', or take a "
    "date before.",
    "Pass: until datetime = 9999-12-31T23:59:59.999999+00:00": "line 1, column 24: a comparison in "
    "Python would not find '9999-12-31T23:59:59.999999+00:00', for which the driver sends "
    "infinity. Leave the field empty, with '?', or take a date before.",
    # Types.
    "Customer: name strin": "line 1, column 16: unknown type 'strin'. Did you mean 'string'?",
    "Customer: tags list": "line 1, column 16: unknown type 'list'. Did you mean 'str[]'?",
    "Customer: sizes list[int]": "line 1, column 17: unknown type 'list'. Did you mean 'int[]'?",
    "Customer: tags list[Tag]": "line 1, column 16: unknown type 'list'. Did you mean "
    "'tags <-> Tag'?",
    "Customer: tags Tag[]": "line 1, column 16: unknown type 'Tag'. Did you mean 'tags <-> Tag'?",
    "Customer: tags m2m Tag": "line 1, column 16: unknown type 'm2m'. Write 'tags <-> Model' for "
    "many-to-many.",
    "Customer: tags -> Tag[]": "line 1, column 22: expected '?', 'unique', 'cascade', 'restrict', "
    "or ',' after 'tags', found '['. Write '<->' for many-to-many.",
    "Customer: tags -> [Tag]": "line 1, column 19: expected a model's name, such as 'Customer', "
    "found '['. Write '<->' for many-to-many.",
    "Customer: name Text": "line 1, column 16: unknown type 'Text'. Did you mean 'text'?",
    "Page: at vector": "line 1, column 16: expected the number of dimensions from 2 to 16000, as "
    "in 'vector(1536)'.",
    "Page: at vector(1)": "line 1, column 16: expected the number of dimensions from 2 to 16000, "
    "as in 'vector(1536)'.",
    "Page: at vector(3)[]": "line 1, column 19: there are no arrays of vector: give each a row of "
    "its own.",
    "Page: at vector(3) index": "line 1, column 20: a vector is indexed where pgvector can, and "
    "never unique: leave 'index' out.",
    "Page: at vector(3) = 0": "line 1, column 22: 'vector' has no default.",
    "Page: at vector(3) search": "line 1, column 20: 'search' is for text, and 'at' is vector: "
    "leave it out.",
    "Page: a text search search": "line 1, column 21: say 'search' once.",
    "Page: a str(2) search": "line 1, column 16: 'search' needs a text that has room for words, "
    "of 3 characters or more.",
    "Page: search_vector str": "line 1, column 7: a field cannot be called 'search_vector': the "
    "models' own code uses that name.",
    "Customer: fee money(3)": "line 1, column 20: 'money' has nothing in parentheses.",
    "Customer: Name VARCHAR(9)": "line 1, column 16: expected ':' or ',' after the model 'Name', "
    "found 'VARCHAR'. A field's name starts with a small letter: 'name'?",
    "Customer: name foo": "line 1, column 16: unknown type 'foo'. The types are str, int, bigint, "
    "decimal, float, bool, date, datetime, time, interval, uuid, json, bytes, enum, vector.",
    "Invoice: customer Customer": "line 1, column 19: unknown type 'Customer'. Did you mean "
    "'customer -> Customer'?",
    "Customer: name str(0)": "line 1, column 19: expected one length from 1 to 10485760, as in "
    "'str(120)'.",
    "Customer: name str(many)": "line 1, column 20: expected a number, found 'many'.",
    "Customer: name str(12": "line 1, column 22: expected ',' or ')', found the end.",
    "Customer: age int(3)": "line 1, column 18: 'int' has nothing in parentheses.",
    "Customer: rate decimal(2,3)": "line 1, column 23: expected the number of all digits, up to "
    "1000, and of those after the point, as in 'decimal(12, 2)'.",
    "Customer: state enum": "line 1, column 21: expected the values of the enum in parentheses, "
    "as in 'enum(draft, sent)'.",
    "Customer: state enum()": "line 1, column 22: expected a value of the enum, found ')'.",
    "Customer: state enum(a, A)": "line 1, column 25: 'A' and 'a' would both be A in Python.",
    "Customer: state enum(2nd)": "line 1, column 22: '2nd' cannot be a value of an enum: use "
    "letters, digits and single '_' or '-', up to 28 of them, and a letter first.",
    "Customer: state enum(a)[]": "line 1, column 24: there are no arrays of enum: use str[].",
    "Customer: data json[]": "line 1, column 20: there are no arrays of json: json holds lists "
    "itself.",
    "Customer: vip bool unique": "line 1, column 20: 'unique' does not suit bool: 'vip' can be "
    "indexed.",
    "Customer: tags str[ ] unique": "line 1, column 23: 'unique' does not suit an array: 'tags' "
    "can be indexed.",
    "Customer: rank decimal(1,0) unique": "line 1, column 29: 'unique' does not suit a decimal of "
    "one digit: 'rank' can be indexed.",
    # Defaults.
    "Customer: name str =": "line 1, column 21: expected a default after '=', found the end.",
    "Customer: name str = a = b": "line 1, column 24: 'name' has a default already.",
    "Customer: code str(2) = abc": "line 1, column 25: expected at most 2 characters, found 'abc'.",
    'Customer: name str = "it\'s"': "line 1, column 22: a default cannot hold a single quotation "
    "mark.",
    "Customer: age int = 1.5": "line 1, column 21: expected a whole number, found '1.5'.",
    "Customer: age int = 2147483648": "line 1, column 21: expected a number from -2147483648 to "
    "2147483647, found '2147483648'.",
    "Customer: rate decimal(3,2) = 10.5": "line 1, column 31: expected at most 1 digits before "
    "the point and 2 behind it, found '10.5'.",
    "Customer: rate float = fast": "line 1, column 24: expected a number, such as 0.50, found "
    "'fast'.",
    "Customer: vip bool = True": "line 1, column 22: expected true or false, found 'True'. Did "
    "you mean 'true'?",
    'Customer: vip bool = "true"': "line 1, column 22: a default of 'bool' has no quotation marks.",
    "Customer: born date = 2026-02-30": "line 1, column 23: expected 'today', or a date such as "
    "2026-01-31, found '2026-02-30'.",
    "Customer: seen datetime = 2026-01-01T00:00": "line 1, column 27: expected 'now', or a time "
    "with its zone such as 2026-01-31T12:00+00:00, found '2026-01-01T00:00'.",
    "Customer: opens time = 9": "line 1, column 24: expected a time such as 12:30, found '9'.",
    "Customer: pause interval = 30": "line 1, column 28: expected a number and a unit, such as "
    "'30 days', found '30'.",
    "Customer: key uuid = 1": "line 1, column 22: expected 'random', the only default of 'uuid', "
    "found '1'.",
    "Customer: data json = []": "line 1, column 23: expected '{}', the only default of 'json', "
    "found '[]'.",
    "Customer: tags str[] = {}": "line 1, column 24: expected '[]', the only default of an array, "
    "found '{}'.",
    "Customer: icon bytes = x": "line 1, column 24: 'bytes' has no default.",
    "Customer: state enum(draft, sent) = drft": "line 1, column 37: expected one of draft, sent, "
    "found 'drft'. Did you mean 'draft'?",
    # References.
    "Invoice: customer -> Custmer\nCustomer": "line 1, column 22: unknown model 'Custmer'. Did "
    "you mean 'Customer'?",
    "Invoice: customer -> Somebody": "line 1, column 22: unknown model 'Somebody'. Add it, or "
    "leave this out.",
    "Invoice: customer -> Customer?.bills\nCustomer": "line 1, column 32: the '?' comes last: "
    "write 'Customer.name?'.",
    "Invoice: customer -> Customer.Bills\nCustomer": "line 1, column 31: expected what Customer "
    "calls its side, in small letters, as in 'Customer.invoices'.",
    "Invoice: customer -> Customer index\nCustomer": "line 1, column 31: a reference is always "
    "indexed: leave 'index' out.",
    "Invoice: customer -> Customer = x\nCustomer": "line 1, column 31: a reference has no default.",
    "Invoice: customer -> Customer cascade restrict\nCustomer": "line 1, column 39: say 'unique' "
    "once, and one of 'cascade' and 'restrict'.",
    "Invoice: customer -> Customer cascad\nCustomer": "line 1, column 31: expected '?', 'unique', "
    "'cascade', 'restrict', or ',' after 'customer', found 'cascad'. Did you mean 'cascade'?",
    "User: friends <-> User": "line 1, column 19: say what the other side is called, as in "
    "'friends <-> User.friends_of'.",
    "Egg: hen -> Hen\nHen: egg -> Egg": "line 1, column 13: no first Egg could ever be saved, for "
    "it needs a Hen that needs an Egg: make a reference optional, as in '-> Hen?'.",
    "Person: parent -> Person": "line 1, column 19: no first Person could ever be saved, for it "
    "needs another one: make the reference optional, as in '-> Person?'.",
    # Names.
    "Table: seats int": "line 1, column 1: a model cannot be called 'Table': the models' own code "
    "uses that name.",
    "Warning: text str": "line 1, column 1: a model cannot be called 'Warning': Python has "
    "something else of that name.",
    "Base": "line 1, column 1: a model cannot be called 'Base': base.py is another file beside it.",
    "Customer, Customer": "line 1, column 11: there is a model 'Customer' already.",
    "APIKey, ApiKey": "line 1, column 9: 'ApiKey' and 'APIKey' would share api_key.py: call one "
    "something else.",
    "Person, People": "line 1, column 9: 'People' and 'Person' would share people: call one "
    "something else.",
    "Bill: state enum(a)\nBillState": "line 1, column 7: the enum of 'state' would be called "
    "'BillState', which is taken.",
    "UserNotificationPreference: a_very_long_name_for_a_field enum(a)": "line 1, column 29: the "
    "enum of 'a_very_long_name_for_a_field' would be called "
    "'UserNotificationPreferenceAVeryLongNameForAField', which is too long for a line: call the "
    "field something shorter.",
    "Customer: id int": "line 1, column 11: a field cannot be called 'id': every model has it "
    "without being asked.",
    "Customer: class str": "line 1, column 11: a field cannot be called 'class': it is a keyword "
    "of Python.",
    "Customer: metadata json": "line 1, column 11: a field cannot be called 'metadata': "
    "SQLAlchemy uses that name in every model.",
    "Customer: str str": "line 1, column 11: a field cannot be called 'str': the models' own code "
    "uses that name.",
    "Customer: name str, name int": "line 1, column 21: Customer has a 'name' already.",
    "Bill: payer -> Payer, payer_id uuid\nPayer": "line 1, column 23: Bill has a 'payer_id' "
    "already.",
    "Tag: bills <-> Bill\nBill: tags <-> Tag": "line 1, column 16: Bill would get 'tags' twice, "
    "from its own 'tags' and from 'bills' of Tag: write a relation on one side only, or say what "
    "Bill calls it, as in '<-> Bill.name'.",
    "Bill: payer -> Payer.id\nPayer": "line 1, column 22: Payer cannot have a 'id': every model "
    "has it without being asked; say what Payer calls it, as in '-> Payer.name'.",
    "Tag: bills <-> Bill\nBill, TagBill": "line 1, column 6: the join table of 'bills' would be "
    "called 'tag_bills', which is taken: call the field something else.",
    "Event: date date, dt datetime": "line 1, column 19: 'dt' and 'date' cannot be fields of one "
    "model: call one something else.",
    "Author: name str": "line 1, column 1: a model cannot be called 'Author': the example "
    "(db_example_model) has a model or a table of that name.",
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.items())
def test_a_mistake_is_named_and_located(text: str, message: str) -> None:
    with pytest.raises(ModelsError) as error:
        RequestedModels(text, beside=["example"])

    assert str(error.value) == message


def test_the_example_s_names_are_free_without_the_example() -> None:
    assert RequestedModels("Author: name str").schema.models


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_fits_on_the_line_of_a_prompt_with_its_suggestion(text: str) -> None:
    with pytest.raises(ModelsError) as error:
        RequestedModels(text, beside=["example"])
    brief = error.value.brief(80 - len(MESSAGE_PREFIX))

    assert len(MESSAGE_PREFIX + brief) <= 80
    assert f"{error.value.position.line}" in brief
    _, is_suggested, suggestion = MISTAKES[text].partition("Did you mean ")
    assert not is_suggested or suggestion in brief


@pytest.mark.parametrize(
    ("text", "brief"),
    {
        "Customer: name str null": "1:20: Write '?' to allow NULL.",
        "Invoice: tags -> Tag many": "1:22: Write '<->' for many-to-many.",
        "Customer: name str | none": "1:20: unexpected '|' after 'name'.",
        "Customer(name str)": "1:9: unexpected '('.",
    }.items(),
)
def test_what_is_unexpected_is_said_at_a_prompt(text: str, brief: str) -> None:
    with pytest.raises(ModelsError) as error:
        RequestedModels(text)

    assert error.value.brief(80 - len(MESSAGE_PREFIX)) == brief
