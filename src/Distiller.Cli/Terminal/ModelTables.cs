using Distiller.Jobs.Models;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How checks of models look to people.</summary>
internal static class ModelTables
{
    public static void ModelCheck(IAnsiConsole console, ModelCheckReport report)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("base", Output.Cell(report.Name));
        table.AddRow("architecture", Output.Cell(report.Architecture));
        table.AddRow("parameters", Cells.Number(report.Parameters));
        table.AddRow("context length", Cells.Number(report.ContextLength));
        table.AddRow("chat template", report.HasChatTemplate ? "yes" : "[yellow]none: cannot be distilled[/]");
        table.AddRow("tensors", Output.Cell(string.Join(", ", report.TensorTypes.Select(t => $"{t.Value} {t.Key}"))));
        table.AddRow(
            "trainer against llama.cpp",
            $"single logits {report.MaxAbsLogitDifference:G3} at most, {report.MeanAbsLogitDifference:G3} on average; mean loss {report.MeanNllDifference:G3} ({report.Tokens} tokens)"
        );
        if (report.MaxAbsReferenceDifference is { } reference)
        {
            table.AddRow("trainer against reference", $"{reference:G3}");
        }

        console.Write(table);
        if (report.Note.Length > 0)
        {
            console.WriteLine(report.Note);
        }
    }
}
