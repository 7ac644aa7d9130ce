using System.Globalization;
using Distiller.Core;
using Spectre.Console;

namespace Distiller.Terminal;

/// <summary>
/// Numbers and files in the tables of a terminal: with plain blanks and signs, which can be searched and pasted, unlike a
/// page's.
/// </summary>
internal static class Cells
{
    public static void Files(IAnsiConsole console, IEnumerable<(string Path, long Bytes, string Sha256)> files)
    {
        var table = Output.Table("file", "#bytes", "sha256");
        foreach (var (path, bytes, sha256) in files)
        {
            table.AddRow(Output.Cell(path), Number(bytes), Output.Cell(sha256));
        }

        console.Write(table);
    }

    public static string[] Numbers(params long[] values) => Array.ConvertAll(values, Number);

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    /// <summary>A difference with its sign; what rounds to zero is no negative number.</summary>
    public static string Signed(double value, int decimals)
    {
        var rounded = Math.Round(value, decimals, MidpointRounding.AwayFromZero);
        var sign = rounded switch
        {
            > 0 => "+",
            < 0 => "-",
            _ => "",
        };
        return sign + Math.Abs(rounded).ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    /// <summary>The interval of a pattern's lift.</summary>
    public static string Lift(Interval lift) => $"{Signed(lift.Low, 2)} to {Signed(lift.High, 2)}";
}
