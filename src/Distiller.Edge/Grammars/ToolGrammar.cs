using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Serving;

namespace Distiller.Edge.Grammars;

/// <summary>
/// A grammar of tool calls, as <see cref="Conversation"/> writes them: the name is one of the tools, the arguments follow its
/// schema, and more calls may follow where several are allowed.
/// </summary>
internal static class ToolGrammar
{
    private const string Open = Conversation.CallOpen;

    /// <summary>Of a whole answer, which is calls and nothing else.</summary>
    /// <exception cref="RequestRefusedException">A tool's schema cannot be held.</exception>
    public static string Required(IReadOnlyList<ToolDescription> tools, bool allowSeveral)
    {
        var grammar = new SchemaGrammar("tools");
        var calls = Calls(grammar, tools, allowSeveral, isStrict: true);
        return grammar.Write($"{SchemaGrammar.Literal(Open)} {calls}");
    }

    /// <summary>Of what follows once an answer has opened a call. A schema that cannot be held is left open here.</summary>
    public static string AfterOpen(IReadOnlyList<ToolDescription> tools, bool allowSeveral)
    {
        var grammar = new SchemaGrammar("tools");
        return grammar.Write(Calls(grammar, tools, allowSeveral, isStrict: false));
    }

    private static string Calls(
        SchemaGrammar grammar,
        IReadOnlyList<ToolDescription> tools,
        bool allowSeveral,
        bool isStrict
    )
    {
        var bodies = tools.Select(t => Body(grammar, t, isStrict)).ToList();
        var body = grammar.AddRule("call", string.Join(" | ", bodies));
        var closed = $"\"\\n\"? {body} \"\\n\"? {SchemaGrammar.Literal(Conversation.CallClose)}";
        return allowSeveral ? $"{closed} (\"\\n\" {SchemaGrammar.Literal(Open)} {closed}){{0,7}}" : closed;
    }

    private static string Body(SchemaGrammar grammar, ToolDescription tool, bool isStrict)
    {
        var name = SchemaGrammar.Literal(JsonSerializer.Serialize(tool.Name, JsonRules.Plain));
        return grammar.AddRule(
            "tool",
            $"\"{{\" ws \"\\\"name\\\":\" ws {name} \",\" ws \"\\\"arguments\\\":\" ws {Arguments(grammar, tool, isStrict)} ws \"}}\""
        );
    }

    private static string Arguments(SchemaGrammar grammar, ToolDescription tool, bool isStrict)
    {
        if (tool.Schema is not { ValueKind: JsonValueKind.Object } schema || !schema.EnumerateObject().Any())
        {
            return JsonRules.Object;
        }

        try
        {
            return grammar.Add(schema);
        }
        catch (RequestRefusedException) when (!isStrict)
        {
            return JsonRules.Object;
        }
    }
}

/// <summary>A tool that the model may call.</summary>
/// <param name="Schema">Of its arguments; null: any object.</param>
internal sealed record ToolDescription(string Name, string Description, JsonElement? Schema);
