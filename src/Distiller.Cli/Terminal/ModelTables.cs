using System.Globalization;
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

    public static void Quantization(IAnsiConsole console, AdapterQuantizationReport report)
    {
        var isCalibrated = report.CalibrationTokens is not null;
        string[] weighted = isCalibrated ? ["#weighted error", "#plain Q4_0's"] : [];
        var table = Output.Table(["module", "#rank", "#in", "#out", "#error of BA", "#plain Q4_0's", .. weighted]);
        foreach (var t in report.Tensors)
        {
            string[] cells =
            [
                Output.Cell(t.BaseTensor),
                Cells.Number(t.Rank),
                Cells.Number(t.In),
                Cells.Number(t.Out),
                Share(t.Error),
                Share(t.PlainError),
            ];
            string[] more =
                t.Weighted is { } w ? [Share(w.Achieved), Share(w.Plain)]
                : isCalibrated ? ["", ""]
                : [];
            table.AddRow([.. cells, .. more]);
        }

        console.Write(table);
        Cells.Files(console, report.Files.Select(f => (f.Path, f.Bytes, f.Sha256)));
        console.MarkupLineInterpolated(
            $"{report.Method}: error of BA mean {report.MeanError:P2}, worst {report.WorstError:P2}; plain Q4_0 would be {report.MeanPlainError:P2}"
        );
        if (report.HeldOut is { } held)
        {
            console.MarkupLineInterpolated(
                $"KL of the INT4 student from the one in 16 bit: {held.MeanKl:G3} nats a token, {held.LargestKl:G3} at most, same best token {held.SameBest:P1} ({held.Tokens} tokens); the base without an adapter: {held.MeanKlWithoutAdapter:G3}"
            );
        }
    }

    private static string Share(double value) => value.ToString("P2", CultureInfo.InvariantCulture);
}
