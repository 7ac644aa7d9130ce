namespace Distiller.Jobs.Scheduling;

/// <summary>A set of days of the week.</summary>
/// <param name="Bits">Monday is the lowest.</param>
public readonly record struct Weekdays(int Bits)
{
    private static readonly string[] Names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private static readonly string[] FullNames =
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];

    public static Weekdays All => new(0b111_1111);

    public bool IsEmpty => Bits == 0;

    public bool Contains(DayOfWeek day) => (Bits & (1 << Index(day))) != 0;

    public Weekdays With(Weekdays others) => new(Bits | others.Bits);

    public Weekdays Without(Weekdays others) => new(Bits & ~others.Bits);

    /// <summary>Reads <c>sat</c>, <c>Saturday</c>, <c>mon-fri</c>, <c>sat-mon</c>, <c>mon, wed</c>.</summary>
    public static bool TryParse(string text, out Weekdays days)
    {
        days = default;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-', 2);
            var (first, last) = (Find(ends[0]), Find(ends[^1]));
            if (first < 0 || last < 0)
            {
                return false;
            }

            for (var i = first; ; i = (i + 1) % 7)
            {
                days = days.With(new Weekdays(1 << i));
                if (i == last)
                {
                    break;
                }
            }
        }

        return true;
    }

    /// <summary>For example <c>Mon-Fri</c> or <c>Mon, Wed</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var first = i;
            while (i < 7 && (Bits & (1 << i)) != 0)
            {
                i++;
            }

            if (i - first >= 3)
            {
                parts.Add($"{Names[first]}-{Names[i - 1]}");
            }
            else
            {
                parts.AddRange(Names[first..i]);
            }
        }

        return string.Join(", ", parts);
    }

    private static int Index(DayOfWeek day) => ((int)day + 6) % 7;

    private static int Find(string name)
    {
        var trimmed = name.Trim();
        var i = Array.FindIndex(Names, n => n.Equals(trimmed, StringComparison.OrdinalIgnoreCase));
        return i >= 0 ? i : Array.FindIndex(FullNames, n => n.Equals(trimmed, StringComparison.OrdinalIgnoreCase));
    }
}
