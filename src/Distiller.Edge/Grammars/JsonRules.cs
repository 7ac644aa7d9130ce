using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distiller.Edge.Grammars;

/// <summary>The rules of JSON (RFC 8259) in llama.cpp's notation, with little blank space: a model must not fill a context with it.</summary>
internal static class JsonRules
{
    public const string Value = "value";
    public const string Object = "object";
    public const string Text = "string";
    public const string Number = "number";
    public const string Integer = "integer";
    public const string Boolean = "boolean";
    public const string Null = "null";

    public static JsonSerializerOptions Plain { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<(string Name, string Rule)> All { get; } =
    [
        ("ws", """[ \n]{0,2}"""),
        ("char", """[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})"""),
        (Text, "\"\\\"\" char* \"\\\"\""),
        (Integer, """ "-"? ("0" | [1-9] [0-9]{0,15})"""),
        (Number, """ "-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?"""),
        (Boolean, "\"true\" | \"false\""),
        (Null, "\"null\""),
        (Object, "\"{\" ws (pair (\",\" ws pair)*)? ws \"}\""),
        ("pair", "string \":\" ws value"),
        ("list", "\"[\" ws (value (\",\" ws value)*)? ws \"]\""),
        (Value, "object | list | string | number | boolean | null"),
    ];
}
