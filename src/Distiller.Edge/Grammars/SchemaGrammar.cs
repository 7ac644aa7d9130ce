using System.Globalization;
using System.Text;
using System.Text.Json;
using Distiller.Edge.Serving;

namespace Distiller.Edge.Grammars;

/// <summary>
/// A JSON schema as a grammar in llama.cpp's notation (GBNF). Taken of JSON Schema: <c>type</c>, <c>properties</c>,
/// <c>required</c>, <c>items</c>, <c>minItems</c>, <c>maxItems</c>, <c>minLength</c>, <c>maxLength</c>, <c>enum</c>,
/// <c>const</c>, <c>anyOf</c>, <c>oneOf</c>, and <c>$ref</c> into the schema itself. Properties come in the schema's order,
/// and no others.
/// </summary>
internal sealed class SchemaGrammar
{
    private const int DepthMax = 32;
    private const int RulesMax = 2000;
    private const int RepetitionsMax = 100;
    private const int SchemaBytesMax = 128 << 10;

    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string[]>> _needs = new(StringComparer.Ordinal);
    private readonly string _parameter;
    private JsonElement _root;

    /// <param name="parameter">Of the request, for errors: <c>response_format</c>, <c>tools</c>.</param>
    public SchemaGrammar(string parameter)
    {
        _parameter = parameter;
        foreach (var (name, rule) in JsonRules.All)
        {
            _rules[name] = rule;
        }
    }

    /// <summary>Adds the rules of a schema.</summary>
    /// <returns>The name of the rule that its values follow.</returns>
    /// <exception cref="RequestRefusedException">It cannot be held, or no value of it ever ends.</exception>
    public string Add(JsonElement schema)
    {
        if (schema.GetRawText().Length > SchemaBytesMax)
        {
            throw Refuse($"The schema has over {SchemaBytesMax} characters.");
        }

        _root = schema;
        _references.Clear();
        var rule = Value(schema, 0);
        RequireEnd(rule);
        return rule;
    }

    /// <summary>Adds a rule of the caller's own; the name is changed where it is taken.</summary>
    public string AddRule(string name, string body)
    {
        if (_rules.Count >= RulesMax)
        {
            throw Refuse($"The schema needs over {RulesMax} rules.");
        }

        var unique = name;
        for (var i = 1; _rules.ContainsKey(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        _rules[unique] = body;
        return unique;
    }

    /// <param name="root">The body of the first rule.</param>
    public string Write(string root)
    {
        var text = new StringBuilder("root ::= ").Append(root).Append('\n');
        foreach (var (name, rule) in _rules)
        {
            text.Append(name).Append(" ::= ").Append(rule).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A text that must stand as it is.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => literal.Append("\\\""),
                '\\' => literal.Append("\\\\"),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                < ' ' => literal.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}"),
                _ => literal.Append(c),
            };
        }

        return literal.Append('"').ToString();
    }

    private string Value(JsonElement schema, int depth)
    {
        if (depth > DepthMax)
        {
            throw Refuse($"The schema is nested over {DepthMax} deep.");
        }

        if (schema.ValueKind is JsonValueKind.True)
        {
            return JsonRules.Value;
        }

        if (schema.ValueKind is not JsonValueKind.Object)
        {
            throw Refuse("A schema is an object, or true.");
        }

        foreach (var property in schema.EnumerateObject())
        {
            if (!SchemaWords.Known.Contains(property.Name))
            {
                throw Refuse($"The schema says '{property.Name}', which cannot be held.");
            }
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Reference(reference, depth);
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            return AddRule("const", Literal(Compact(constant)));
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return values.ValueKind is JsonValueKind.Array && values.GetArrayLength() > 0
                ? AddRule("enum", string.Join(" | ", values.EnumerateArray().Select(v => Literal(Compact(v)))))
                : throw Refuse("'enum' must be a list of at least one value.");
        }

        foreach (var word in (string[])["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(word, out var choices))
            {
                return choices.ValueKind is JsonValueKind.Array && choices.GetArrayLength() > 0
                    ? Choice([.. choices.EnumerateArray().Select(c => Value(c, depth + 1))])
                    : throw Refuse($"'{word}' must be a list of at least one schema.");
            }
        }

        return Typed(schema, depth);
    }

    private string Typed(JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? Object(schema, depth)
                : schema.TryGetProperty("items", out _) ? Array(schema, depth)
                : JsonRules.Value;
        }

        var names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array when type.GetArrayLength() > 0 => type.EnumerateArray()
                .Select(t => t.ValueKind is JsonValueKind.String ? t.GetString()! : "?")
                .ToList(),
            _ => throw Refuse("'type' must be a name or a list of names."),
        };
        var rules = names
            .Select(name =>
                name switch
                {
                    "object" => Object(schema, depth),
                    "array" => Array(schema, depth),
                    "string" => Text(schema),
                    "number" => JsonRules.Number,
                    "integer" => JsonRules.Integer,
                    "boolean" => JsonRules.Boolean,
                    "null" => JsonRules.Null,
                    _ => throw Refuse($"There is no type '{name}'."),
                }
            )
            .ToList();
        return rules is [var only] ? only : Choice(rules);
    }

    /// <summary>Required properties always, the others or not: each optional one may be followed by any later one.</summary>
    private string Object(JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("properties", out var properties))
        {
            return JsonRules.Object;
        }

        if (properties.ValueKind is not JsonValueKind.Object)
        {
            throw Refuse("'properties' must be an object.");
        }

        var required = Required(schema);
        var members = properties
            .EnumerateObject()
            .Select(p =>
            {
                var value = Value(p.Value, depth + 1);
                return (
                    Rule: AddNeeding(
                        "member",
                        $"{Literal(JsonSerializer.Serialize(p.Name, JsonRules.Plain))} \":\" ws {value}",
                        [value]
                    ),
                    IsRequired: required.Remove(p.Name)
                );
            })
            .ToList();
        if (required.Count > 0)
        {
            throw Refuse($"The schema requires '{required.First()}' and does not say what it is.");
        }

        // From the last to the first: what may follow where a member stands already, and where none does yet.
        var (after, first) = ("", "");
        foreach (var (rule, isRequired) in members.AsEnumerable().Reverse())
        {
            var here = after.Length == 0 ? rule : $"{rule} {after}";
            if (isRequired)
            {
                first = here;
                after = AddRule("rest", $"\",\" ws {here}");
            }
            else
            {
                first = first.Length == 0 ? $"({here})?" : $"({here} | {first})";
                after = AddRule("rest", after.Length == 0 ? $"(\",\" ws {here})?" : $"\",\" ws {here} | {after}");
            }
        }

        return AddNeeding(
            "object",
            $"\"{{\" ws {first} ws \"}}\"",
            [.. members.Where(m => m.IsRequired).Select(m => m.Rule)]
        );
    }

    private string Array(JsonElement schema, int depth)
    {
        var least = Count(schema, "minItems", 0);
        var most = schema.TryGetProperty("maxItems", out _) ? Count(schema, "maxItems", 0) : (int?)null;
        if (most < least)
        {
            throw Refuse("'maxItems' is below 'minItems'.");
        }

        var item = schema.TryGetProperty("items", out var items) ? Value(items, depth + 1) : JsonRules.Value;
        if (most == 0)
        {
            return AddRule("array", "\"[\" ws \"]\"");
        }

        var more = string.Create(
            CultureInfo.InvariantCulture,
            $"(\",\" ws {item}){{{Math.Max(0, least - 1)},{(most is { } m ? m - 1 : "")}}}"
        );
        return AddNeeding(
            "array",
            least == 0 ? $"\"[\" ws ({item} {more})? ws \"]\"" : $"\"[\" ws {item} {more} ws \"]\"",
            least == 0 ? [] : [item]
        );
    }

    private string Text(JsonElement schema)
    {
        var least = Count(schema, "minLength", 0);
        if (least == 0 && !schema.TryGetProperty("maxLength", out _))
        {
            return JsonRules.Text;
        }

        var most = schema.TryGetProperty("maxLength", out _) ? Count(schema, "maxLength", 0, 10_000) : (int?)null;
        if (most < least)
        {
            throw Refuse("'maxLength' is below 'minLength'.");
        }

        // Long limits would be unrolled by llama.cpp into as many states.
        return most is null or > RepetitionsMax
            ? AddRule("text", string.Create(CultureInfo.InvariantCulture, $"\"\\\"\" char{{{least},}} \"\\\"\""))
            : AddRule("text", string.Create(CultureInfo.InvariantCulture, $"\"\\\"\" char{{{least},{most}}} \"\\\"\""));
    }

    private string Reference(JsonElement reference, int depth)
    {
        var path = reference.ValueKind is JsonValueKind.String ? reference.GetString()! : "";
        if (_references.TryGetValue(path, out var known))
        {
            return known;
        }

        if (path != "#" && !path.StartsWith("#/", StringComparison.Ordinal))
        {
            throw Refuse($"The schema refers to '{path}'; only parts of itself can be followed.");
        }

        var target = _root;
        foreach (var segment in path.Split('/').Skip(1))
        {
            var name = segment
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind is not JsonValueKind.Object || !target.TryGetProperty(name, out target))
            {
                throw Refuse($"The schema refers to '{path}', which it does not have.");
            }
        }

        // The name first: the target may refer to itself.
        var rule = AddRule("ref", "");
        _references[path] = rule;
        var value = Value(target, depth + 1);
        _rules[rule] = value;
        _needs[rule] =
        [
            [value],
        ];
        return rule;
    }

    private string Choice(IReadOnlyList<string> rules)
    {
        var rule = AddRule("choice", string.Join(" | ", rules));
        _needs[rule] = [.. rules.Select(r => new[] { r })];
        return rule;
    }

    private string AddNeeding(string name, string body, string[] needed)
    {
        var rule = AddRule(name, body);
        _needs[rule] = [needed];
        return rule;
    }

    /// <summary>
    /// That some value of a rule is finite: a rule ends where, in one of its alternatives, every rule that it needs ends.
    /// </summary>
    private void RequireEnd(string root)
    {
        var endless = _needs.Keys.ToHashSet(StringComparer.Ordinal);
        while (endless.RemoveWhere(r => _needs[r].Any(needed => !needed.Any(endless.Contains))) > 0) { }

        if (endless.Contains(root))
        {
            throw Refuse("No value of the schema ever ends: it requires itself.");
        }
    }

    private HashSet<string> Required(JsonElement schema)
    {
        if (!schema.TryGetProperty("required", out var required) || required.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        return
            required.ValueKind is JsonValueKind.Array
            && required.EnumerateArray().All(r => r.ValueKind is JsonValueKind.String)
            ? [.. required.EnumerateArray().Select(r => r.GetString()!)]
            : throw Refuse("'required' must be a list of names.");
    }

    private int Count(JsonElement schema, string name, int otherwise, int most = RepetitionsMax)
    {
        if (!schema.TryGetProperty(name, out var value))
        {
            return otherwise;
        }

        return
            value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 && count <= most
            ? count
            : throw Refuse($"'{name}' must be a whole number from 0 to {most}.");
    }

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value, JsonRules.Plain);

    private RequestRefusedException Refuse(string reason) => new(reason, "invalid_schema", _parameter);
}
