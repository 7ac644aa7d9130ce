using Distiller.EdgeServer.Recording;

namespace Distiller.Tests.EdgeServing;

internal sealed class records_are_rotated
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private TemporaryFolder _folder;

    [SetUp]
    public void Begin() => _folder = new TemporaryFolder();

    [TearDown]
    public void End() => _folder.Dispose();

    [Test]
    public void each_day_has_a_file_and_a_full_one_is_followed_by_another()
    {
        using var folder = new RecordFolder(_folder.Path, fileBytesMax: 100, bytesMax: 10_000, _clock);
        folder.Append(new string('a', 60), false);
        folder.Append(new string('b', 60), false);
        _clock.Advance(TimeSpan.FromDays(1));
        folder.Append("c", false);
        folder.Append("d", true);

        Names().ShouldBe(["00000001-20260301.jsonl", "00000002-20260301.jsonl", "00000003-20260302.jsonl"]);
        File.ReadAllText(_folder["00000003-20260302.jsonl"]).ShouldBe("c\nd\n");
    }

    [Test]
    public void a_clock_that_goes_back_puts_no_later_line_before_an_earlier_one()
    {
        using var folder = new RecordFolder(_folder.Path, 1000, 10_000, _clock);
        folder.Append("first", false);
        using var later = new RecordFolder(
            _folder.Path,
            1000,
            10_000,
            new FakeTimeProvider(new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero))
        );
        later.Append("second", false);

        Names().ShouldBe(["00000001-20260301.jsonl", "00000002-19700101.jsonl"]);
    }

    [Test]
    public void the_oldest_leave_when_all_are_too_large()
    {
        using var folder = new RecordFolder(_folder.Path, fileBytesMax: 100, bytesMax: 300, _clock);
        var first = folder.Append(new string('0', 90), false);
        for (var i = 1; i < 10; i++)
        {
            folder.Append(new string((char)('0' + i), 90), false);
        }

        Names().Count.ShouldBe(3);
        Directory.EnumerateFiles(_folder.Path).Sum(f => new FileInfo(f).Length).ShouldBeLessThanOrEqualTo(300);
        File.ReadAllText(_folder[Names()[^1]]).ShouldStartWith("9");
        RecordFolder.Read(first).ShouldBeNull();
    }

    [Test]
    public void what_is_of_others_in_the_folder_stays()
    {
        File.WriteAllText(_folder["notes.jsonl"], "mine");
        using var folder = new RecordFolder(_folder.Path, 10, 20, _clock);
        for (var i = 0; i < 5; i++)
        {
            folder.Append("0123456789", false);
        }

        File.ReadAllText(_folder["notes.jsonl"]).ShouldBe("mine");
    }

    private List<string> Names() =>
        [.. Directory.EnumerateFiles(_folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
