using System.Text;
using System.Text.Json;
using Distiller.Lake;
using Distiller.Logs.Reading;

namespace Distiller.Tests.Collecting;

internal sealed class long_texts_are_shortened
{
    private const int Limit = 1 << 10;

    [Test]
    public void a_picture_of_200_megabytes_does_not_cost_the_question_beside_it()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var log = folder["rollout.jsonl"];
        using (var file = new StreamWriter(log))
        {
            file.WriteLine("""{"timestamp":"2025-01-01T00:00:00Z","type":"session_meta","payload":{"id":"big"}}""");
            file.Write(
                """{"timestamp":"2025-01-01T00:00:01Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,"""
            );
            var piece = new string('A', 1 << 20);
            for (var i = 0; i < 200; i++)
            {
                file.Write(piece);
            }

            file.WriteLine("\"},{\"type\":\"input_text\",\"text\":\"What is in the picture?\"}]}}");
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var report = Logs.Collect(workspace, log);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        (report.Stored, report.Quarantined).ShouldBe((2, 0));
        workspace.Episodes.Read().Single().Turns.Single().Text.ShouldBe("[input_image]\nWhat is in the picture?");
        // All that was ever allocated, so that the peak was less.
        TestContext.Out.WriteLine($"allocated: {allocated >> 20} MiB for 200 MiB");
        allocated.ShouldBeLessThan(200L << 20);
    }

    [Test]
    public void the_head_stays_and_the_note_tells_how_much_is_missing()
    {
        var text = new string('x', 5000);
        using var document = JsonDocument.Parse(Shorten($$"""{"a":"{{text}}","b":"short"}"""));
        var shortened = document.RootElement.GetProperty("a").GetString()!;
        shortened.ShouldStartWith(new string('x', Limit) + "[… 3,976 characters left out, SHA-256 ");
        document.RootElement.GetProperty("b").GetString().ShouldBe("short");
        Shorten($$"""{"a":"{{text}}"}""")
            .ShouldNotBe(Shorten($$"""{"a":"{{text[1..]}}y"}"""), "they differ in what is left out");
    }

    [TestCase("é", TestName = "in_a_character_of_two_bytes")]
    [TestCase("\\u00e9", TestName = "in_an_escape")]
    [TestCase("\\\\", TestName = "in_an_escaped_backslash")]
    [TestCase("\\\"", TestName = "in_an_escaped_quote")]
    [TestCase("\\ud83d\\ude00", TestName = "in_a_surrogate_pair")]
    [TestCase("😀", TestName = "in_a_character_of_four_bytes")]
    public void a_text_is_not_cut(string unit)
    {
        for (var shift = 0; shift < 12; shift++)
        {
            var json = $$"""{"a":"{{new string('x', shift)}}{{string.Concat(Enumerable.Repeat(unit, 2000))}}","b":1}""";
            var mended = HalfSurrogates.Mend(Encoding.UTF8.GetBytes(Shorten(json)));
            using var document = JsonDocument.Parse(mended);
            document.RootElement.GetProperty("a").GetString()!.ShouldContain("characters left out");
            document.RootElement.GetProperty("b").GetInt32().ShouldBe(1);
        }
    }

    [Test]
    public void what_is_not_too_long_passes_as_it_is_however_it_is_read()
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(3000)];
            var alphabet = "\"\\\n{}:,abc"u8.ToArray();
            for (var k = 0; k < bytes.Length; k++)
            {
                bytes[k] = alphabet[random.Next(alphabet.Length)];
            }

            // Strings of this length are rare enough here that none is longer.
            using var text = new SourceText(new MemoryStream(bytes), 1 << 20);
            var read = new MemoryStream();
            var buffer = new byte[random.Next(1, 70)];
            while (text.Read(buffer) is > 0 and var count)
            {
                read.Write(buffer, 0, count);
            }

            read.ToArray().ShouldBe(bytes);
        }
    }

    [Test]
    public void a_place_behind_a_shortened_text_is_found_again()
    {
        var json = $$"""[{"a":"{{new string('x', 5000)}}"},{"b":"{{new string('y', 3000)}}"},{"c":3}]""";
        var whole = Shorten(json);
        var at = whole.IndexOf("{\"c\"", StringComparison.Ordinal);
        using var text = new SourceText(new MemoryStream(Encoding.UTF8.GetBytes(json)), Limit);
        text.CopyTo(Stream.Null);
        text.Seek(Encoding.UTF8.GetByteCount(whole.AsSpan(0, at)), SeekOrigin.Begin);
        new StreamReader(text).ReadToEnd().ShouldBe("""{"c":3}]""");
    }

    [Test]
    public void a_quote_that_is_never_closed_ends_with_its_line()
    {
        var next = """{"a":"whole"}""";
        Shorten($"{{\"a\":\"{new string('x', 5000)}\n{next}\n").Split('\n')[1].ShouldBe(next);
    }

    private static string Shorten(string json)
    {
        using var text = new SourceText(new MemoryStream(Encoding.UTF8.GetBytes(json)), Limit);
        return new StreamReader(text).ReadToEnd();
    }
}
