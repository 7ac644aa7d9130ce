using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Edge;
using Distiller.Edge.Grammars;
using Distiller.Edge.Serving;
using Json.Schema;

namespace Distiller.Tests.EdgeServing;

/// <summary>A model of random weights writes noise: whatever it says under a grammar, the grammar made it say.</summary>
internal sealed class grammars_hold_answers
{
    private static readonly string[] Schemas =
    [
        """{"type":"object","properties":{"city":{"type":"string","maxLength":12},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"boolean"},"b":{"enum":["x","y\"z",3]},"c":{"type":["null","number"]}},"required":["b"]}""",
        """{"type":"array","items":{"type":"object","properties":{"n":{"const":{"k":[1,2]}}},"required":["n"]},"minItems":1,"maxItems":3}""",
        """{"anyOf":[{"type":"integer"},{"type":"object","properties":{"left":{"$ref":"#"}}}]}""",
        """{"$defs":{"leaf":{"type":"string","maxLength":3}},"type":"object","properties":{"l":{"$ref":"#/$defs/leaf"},"m":{"type":"array","items":{"$ref":"#/$defs/leaf"},"maxItems":2}},"required":["l","m"]}""",
        """{"type":"object","properties":{"ümlaut\n\"x\"":{"type":"boolean"}},"required":["ümlaut\n\"x\""]}""",
    ];

    private TemporaryFolder _folder;
    private EdgeModel _model;

    [OneTimeSetUp]
    public void Begin()
    {
        _folder = new TemporaryFolder();
        _model = EdgeModel.Load(EdgeBench.Base.Write(_folder["base.gguf"]));
    }

    [OneTimeTearDown]
    public void End()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Schemas))]
    public void every_answer_that_ends_follows_the_schema(string text)
    {
        using var schema = JsonDocument.Parse(text);
        var grammar = new SchemaGrammar("response_format");
        var gbnf = grammar.Write(grammar.Add(schema.RootElement));
        // A model of random weights writes bytes that are no characters, and others count those otherwise.
        var judge = JsonSchema.FromText(Regex.Replace(text, ",\"maxLength\":[0-9]+", ""));
        var ended = 0;
        for (var seed = 0; seed < 8; seed++)
        {
            if (Write(gbnf, seed) is { } answer)
            {
                ended++;
                using var document = JsonDocument.Parse(answer);
                judge.Evaluate(document.RootElement).IsValid.ShouldBeTrue(answer);
            }
        }

        ended.ShouldBeGreaterThan(0);
    }

    [TestCase("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}""", "ever ends")]
    [TestCase("""{"$ref":"#"}""", "ever ends")]
    [TestCase("""{"$ref":"#/no/such"}""", "does not have")]
    [TestCase("""{"$ref":"https://example.org/schema"}""", "parts of itself")]
    [TestCase("""{"type":"string","pattern":"a*"}""", "'pattern'")]
    [TestCase("""{"type":"oak"}""", "no type")]
    [TestCase("""{"type":7}""", "'type'")]
    [TestCase("""{"enum":[]}""", "'enum'")]
    [TestCase("""{"type":"array","minItems":100000}""", "'minItems'")]
    [TestCase("""{"type":"object","properties":{},"required":["x"]}""", "requires 'x'")]
    [TestCase("7", "object")]
    public void a_schema_that_cannot_be_held_is_refused_with_the_reason(string text, string reason)
    {
        using var schema = JsonDocument.Parse(text);

        Should
            .Throw<RequestRefusedException>(() => new SchemaGrammar("response_format").Add(schema.RootElement))
            .Message.ShouldContain(reason);
    }

    [Test]
    public void a_schema_of_great_depth_or_width_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 50)) + "{}" + new string('}', 50);
        using var nested = JsonDocument.Parse(deep, new JsonDocumentOptions { MaxDepth = 200 });
        Should
            .Throw<RequestRefusedException>(() => new SchemaGrammar("tools").Add(nested.RootElement))
            .Message.ShouldContain("nested");

        var wide = JsonSerializer.SerializeToElement(
            new
            {
                type = "object",
                properties = Enumerable.Range(0, 3000).ToDictionary(i => $"p{i}", _ => new { type = "null" }),
            }
        );
        Should
            .Throw<RequestRefusedException>(() => new SchemaGrammar("tools").Add(wide))
            .Message.ShouldContain("rules");
    }

    [Test]
    public void a_required_tool_call_names_a_tool_and_follows_its_schema()
    {
        var tool = new ToolDescription(
            "lookup",
            "",
            JsonSerializer.SerializeToElement(
                new
                {
                    type = "object",
                    properties = new { id = new { type = "string", maxLength = 8 } },
                    required = new[] { "id" },
                }
            )
        );
        var gbnf = ToolGrammar.Required([tool, new ToolDescription("close", "", null)], allowSeveral: false);
        var calls = Enumerable
            .Range(0, 8)
            .Select(seed => Write(gbnf, seed))
            .OfType<string>()
            .Select(answer => Conversation.ParseToolCalls(answer).ShouldHaveSingleItem(answer))
            .ToList();

        calls.ShouldNotBeEmpty();
        calls.ShouldAllBe(c => c.Name == "lookup" || c.Name == "close");
        calls.Where(c => c.Name == "lookup").ShouldAllBe(c => c.ArgumentsJson.Contains("\"id\""));
    }

    /// <returns>Null: it did not end within 400 tokens.</returns>
    private string? Write(string gbnf, int seed)
    {
        using var session = _model.OpenSession(new EdgeSessionOptions { ContextTokens = 512 });
        using var sampler = new TokenSampler(_model, new SamplingOptions(1, 1, 0, seed));
        sampler.Begin(gbnf);
        session.Prefill(_model.Tokenizer.TokenizePrompt([new ChatMessage("user", $"go {seed}")]));
        var text = new AnswerText(_model.Tokenizer, []);
        for (var i = 0; i < 400; i++)
        {
            var token = sampler.Next(session.LastLogits());
            if (_model.Tokenizer.IsEndOfGeneration(token))
            {
                text.Flush();
                return text.All.ToString();
            }

            text.Add(token);
            session.Feed([token]);
        }

        return null;
    }
}
