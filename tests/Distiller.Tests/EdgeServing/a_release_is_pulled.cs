using Distiller.Edge.Releases;
using Distiller.Registry.Signing;

namespace Distiller.Tests.EdgeServing;

internal sealed class a_release_is_pulled
{
    private EdgeBench _bench;

    [SetUp]
    public void Begin() => _bench = new EdgeBench();

    [TearDown]
    public void End() => _bench.Dispose();

    [Test]
    public void and_used_and_checked_again_wherever_it_lies()
    {
        var release = _bench.Publish();

        var pulled = _bench.Pull(new PullOptions { BasePath = _bench.BasePath });

        pulled.Release.ShouldBe(release.Id);
        pulled.Trust.ShouldBe("first key met");
        File.Exists(pulled.Adapter).ShouldBeTrue();
        _bench.Store.Verify("nightly").Id.ShouldBe(release.Id);
        // It can be carried on: what an edge holds is a registry for the next one.
        var next = new EdgeStore(_bench["next"], TimeProvider.System);
        using var stick = ReleaseSource.Open(Path.Combine(_bench.Store.Home, "releases"));
        next.PullAsync(stick, new PullOptions()).GetAwaiter().GetResult().Release.ShouldBe(release.Id);
    }

    [Test]
    public void the_promoted_one_if_there_is_any_else_the_latest()
    {
        var one = _bench.Publish(1);
        var two = _bench.Publish(2);
        _bench.Pull().Release.ShouldBe(two.Id);

        var other = new EdgeStore(_bench["other"], TimeProvider.System);
        _bench.Registry.Channels.Promote(one.Id, "a test");
        using var source = ReleaseSource.Open(_bench.Registry.Folder);
        other.PullAsync(source, new PullOptions()).GetAwaiter().GetResult().Release.ShouldBe(one.Id);
    }

    [Test]
    public void what_broke_off_is_gone_on_with()
    {
        var release = _bench.Publish();
        var adapter = Path.Combine(_bench.Registry.FolderOf(release), "adapter-int4.gguf");
        var whole = File.ReadAllBytes(adapter);
        File.WriteAllBytes(adapter, whole[..(whole.Length / 2)]);
        _bench.Refused().Reason.ShouldContain("bytes where");
        File.WriteAllBytes(adapter, whole);

        var pulled = _bench.Pull();

        pulled.ResumedBytes.ShouldBe(whole.Length / 2);
        pulled.FetchedBytes.ShouldBeLessThan(whole.Length);
    }

    [Test]
    public void what_was_fetched_wrongly_is_fetched_again()
    {
        var release = _bench.Publish();
        var adapter = Path.Combine(_bench.Registry.FolderOf(release), "adapter-int4.gguf");
        var part = Path.Combine(_bench.Store.Home, "incoming", release.Id, "adapter-int4.gguf");
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        File.WriteAllBytes(part, new byte[new FileInfo(adapter).Length / 2]);

        _bench.Pull().Release.ShouldBe(release.Id);
    }

    [Test]
    public void a_damaged_one_on_the_device_is_fetched_anew()
    {
        var release = _bench.Publish();
        var adapter = _bench.Pull().Adapter;
        File.WriteAllText(adapter, "damaged");
        Should.Throw<BadInputException>(() => _bench.Store.Verify("nightly"));

        _bench.Pull().WasHere.ShouldBeFalse();
        _bench.Store.Verify("nightly").Id.ShouldBe(release.Id);
        _bench.Pull().WasHere.ShouldBeTrue();
    }

    [Test]
    public void rolling_back_leads_to_the_one_before()
    {
        var one = _bench.Publish(1);
        _bench.Pull();
        var two = _bench.Publish(2);
        _bench.Pull().Before.ShouldBe(one.Id);

        _bench.Store.RollBack("nightly").Release.ShouldBe(one.Id);
        Should.Throw<BadInputException>(() => _bench.Store.RollBack("nightly"));
        _bench.Pull(new PullOptions { Reference = two.Id }).Release.ShouldBe(two.Id);
    }

    [Test]
    public void only_those_used_last_are_kept()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            _bench.Publish(seed);
            _bench.Pull(new PullOptions { Keep = 2 });
        }

        _bench.Store.List().Select(r => r.Sequence).ShouldBe([3, 4, 5]);
        Directory.GetDirectories(Path.Combine(_bench.Store.Home, "releases")).Length.ShouldBe(3);
    }

    [Test]
    public void a_key_that_was_replaced_leads_to_its_successor()
    {
        _bench.Publish(1);
        _bench.Pull();
        _bench.Keys.Rotate(_bench.Registry.LastSequence()).Dispose();
        var two = _bench.Publish(2);

        var pulled = _bench.Pull();

        pulled.Release.ShouldBe(two.Id);
        pulled.Trust.ShouldBe("successor of a known key");
    }

    [Test]
    public void a_replaced_key_signs_nothing_new()
    {
        _bench.Publish(1);
        _bench.Pull();
        var stolen = new KeyFolder(_bench["stolen"], TimeProvider.System);
        Directory.CreateDirectory(stolen.Folder);
        File.Copy(_bench.Keys.KeyPath, stolen.KeyPath);
        _bench.Keys.Rotate(_bench.Registry.LastSequence()).Dispose();
        _bench.Publish(2);
        _bench.Pull();

        _bench.Publish(3, keys: stolen);
        _bench.Registry.Announce(_bench.Keys.Public());

        _bench.Refused().Reason.ShouldContain("replaced");
    }

    [Test]
    public void a_wrong_clock_refuses_nothing()
    {
        _bench.Publish(1);
        _bench.Pull();
        _bench.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        var two = _bench.Publish(2);

        new EdgeStore(_bench.Store.Home, new FakeTimeProvider(new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero)))
            .PullAsync(ReleaseSource.Open(_bench.Registry.Folder), new PullOptions())
            .GetAwaiter()
            .GetResult()
            .Release.ShouldBe(two.Id);
    }
}
