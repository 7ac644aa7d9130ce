using System.Globalization;
using Distiller.Core.Settings;

namespace Distiller.Tests.Settings;

/// <summary>Texts for a setting, chosen by what the setting says of itself: a new one needs no line here.</summary>
internal static class Values
{
    /// <summary>Just outside of the range, and of another kind.</summary>
    public static IEnumerable<string> Refused(Setting setting)
    {
        if (setting.Type == typeof(TimeSpan) && setting.Range is { } times)
        {
            yield return $"{Seconds(times.Minimum) - 1}s";
            yield return $"{Seconds(times.Maximum) + 1}s";
            yield return "30";
            yield return "1d";
        }
        else if (setting.Range is { } range)
        {
            var (low, high) = (Number(range.Minimum), Number(range.Maximum));
            var step = setting.Type == typeof(double) || setting.Type == typeof(float) ? 1e-4 : 1;
            yield return Text(range.MinimumIsExclusive ? low : low - step);
            if (range.Maximum is not (int.MaxValue or double.MaxValue))
            {
                yield return Text(range.MaximumIsExclusive ? high : high + step * Math.Max(1, high / 1000));
            }
        }

        if (setting.Name == "device")
        {
            yield return "gpu";
            yield return "cuda:x";
            yield return "cuda:-1";
        }

        if (setting.Type != typeof(string) || setting.Choices.Count > 0)
        {
            yield return "nonsense";
        }
    }

    /// <summary>One that can be given and is not the record's, unless there is only one value.</summary>
    public static string Other(Setting setting, object record) =>
        HasOther(setting)
            ? Candidates(setting).First(c => setting.FaultOf(c) is null && c != setting.TextOf(record))
            : setting.Choices[0];

    /// <summary>False for the choice among training objectives while there is one objective.</summary>
    public static bool HasOther(Setting setting) => setting.Choices.Count != 1;

    private static IEnumerable<string> Candidates(Setting setting) =>
        setting.Choices.Count > 0
            ? setting.Choices
            : ["true", "3", "70", "0.25", "0.375", "40s", "cpu", "0.0.0.0", "cuda:0", "another text"];

    private static double Seconds(object limit) =>
        (limit as TimeSpan? ?? TimeSpan.Parse((string)limit, CultureInfo.InvariantCulture)).TotalSeconds;

    private static double Number(object limit) => Convert.ToDouble(limit, CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
