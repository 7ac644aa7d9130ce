using System.Text.Json;
using Distiller.Core;
using Spectre.Console;

namespace Distiller.Terminal;

/// <summary>
/// Where a command writes. For people: tables on standard output. With <c>--json</c>: exactly one JSON document on
/// standard output and everything else on standard error.
/// </summary>
internal sealed class Output(bool json)
{
    private static readonly JsonSerializerOptions Indented = new(EpisodeJson.Options) { WriteIndented = true };

    private const int RedirectedWidth = 220;

    public bool IsJson { get; } = json;

    public IAnsiConsole Human { get; } = json ? ForError() : Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole ForError() => Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Ends a command: the document with <c>--json</c>, the tables otherwise.</summary>
    public void Result<T>(T document, Action<IAnsiConsole, T> forPeople)
    {
        if (IsJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, Indented));
        }
        else
        {
            forPeople(Human, document);
        }
    }

    /// <summary>A table in the house style: no outer frame, numbers to the right where the name starts with '#'.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('#');
            var cell = new TableColumn(Markup.Escape(isNumber ? column[1..] : column));
            table.AddColumn(isNumber ? cell.RightAligned() : cell);
        }

        return table;
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            }
        );
        if (redirected)
        {
            // A file or a pipe has no width: a table is not to be wrapped for one.
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }

    /// <summary>A cell from untrusted text.</summary>
    public static string Cell(string text) => Markup.Escape(UntrustedText.VisibleLines(text));
}
