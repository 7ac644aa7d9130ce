using Distiller.Edge.Releases;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Tests.EdgeServing;

internal sealed class a_release_that_is_not_right_is_refused
{
    private const int Mutations = 100;

    private EdgeBench _bench;

    [SetUp]
    public void Begin() => _bench = new EdgeBench();

    [TearDown]
    public void End() => _bench.Dispose();

    [TestCase("release.json")]
    [TestCase("signature.json")]
    [TestCase("evaluation.json")]
    [TestCase("adapter-int4.gguf")]
    public void one_of_whose_files_a_byte_was_changed(string file)
    {
        var release = _bench.Publish();
        var random = new Random(7);
        var path = Path.Combine(_bench.CopyRegistry("spoiled"), release.Id, file);
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < Mutations; i++)
        {
            var spoiled = (byte[])whole.Clone();
            spoiled[random.Next(spoiled.Length)] ^= (byte)(1 << random.Next(7));
            File.WriteAllBytes(path, spoiled);
            _bench.Refused(registry: _bench["spoiled"]).Reason.ShouldNotBeNullOrWhiteSpace();
        }

        File.WriteAllBytes(path, whole);
        _bench.Pull(registry: _bench["spoiled"]).Release.ShouldBe(release.Id);
    }

    [TestCase("release.json")]
    [TestCase("evaluation.json")]
    [TestCase("adapter-int4.gguf")]
    public void one_of_whose_files_an_end_is_missing(string file)
    {
        var release = _bench.Publish();
        var random = new Random(8);
        var path = Path.Combine(_bench.CopyRegistry("cut"), release.Id, file);
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < Mutations; i++)
        {
            File.WriteAllBytes(path, whole[..random.Next(whole.Length - 2)]);
            _bench.Refused(registry: _bench["cut"]);
        }
    }

    [Test]
    public void one_without_a_signature_unless_it_is_told()
    {
        var release = _bench.Publish(isSigned: false);
        var refused = _bench.Refused();

        refused.Reason.ShouldContain("not signed");
        refused.Remedy.ShouldContain("--allow unsigned");
        _bench.Pull(Allowing(Allowance.Unsigned)).Release.ShouldBe(release.Id);
    }

    [Test]
    public void one_whose_signature_is_cut_off_anywhere()
    {
        var release = _bench.Publish();
        var path = Path.Combine(_bench.CopyRegistry("unsigned"), release.Id, "signature.json");
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < Mutations; i++)
        {
            File.WriteAllBytes(path, whole[..(i * (whole.Length - 1) / Mutations)]);
            _bench.Refused(Allowing(Allowance.Unsigned), _bench["unsigned"]).Reason.ShouldNotBeNullOrWhiteSpace();
        }
    }

    [Test]
    public void one_whose_signature_was_taken_away()
    {
        _bench.Publish(1);
        _bench.Pull();
        var two = _bench.Publish(2);
        File.Delete(Path.Combine(_bench.Registry.FolderOf(two), "signature.json"));

        _bench.Refused().Reason.ShouldContain("not signed");
        _bench.Store.Read().Adapters["nightly"].SequenceMax.ShouldBe(1);
    }

    [Test]
    public void those_of_a_hundred_strangers()
    {
        _bench.Publish(1);
        _bench.Pull();
        var mine = _bench.Publish(2);
        var folder = _bench.Registry.FolderOf(mine);
        var manifest = File.ReadAllBytes(Path.Combine(folder, "release.json"));
        var certificate = mine.Files.Single(f => f.Path == "evaluation.json").Sha256;
        for (var i = 0; i < Mutations; i++)
        {
            using var stranger = SigningKey.Create();
            File.WriteAllBytes(
                Path.Combine(folder, "signature.json"),
                ReleaseJson.Write(ReleaseSignature.Make(stranger, manifest, certificate))
            );
            _bench.Refused().Reason.ShouldContain("not trusted here");
        }

        // Told to take one, it trusts the stranger no more than before.
        _bench.Pull(Allowing(Allowance.ForeignKey)).Release.ShouldBe(mine.Id);
        _bench.Store.Read().Adapters["nightly"].SequenceMax.ShouldBe(1);
    }

    [Test]
    public void one_of_another_key_than_the_one_that_was_given()
    {
        _bench.Publish();
        using var other = SigningKey.Create();
        File.WriteAllText(_bench["other.pub"], other.Public.Pem);
        using (var own = _bench.Keys.Find()!)
        {
            File.WriteAllText(_bench["own.pub"], own.Public.Pem);
        }

        _bench.Refused(new PullOptions { KeyPath = _bench["other.pub"] }).Reason.ShouldContain("not trusted");
        _bench.Pull(new PullOptions { KeyPath = _bench["own.pub"] }).Trust.ShouldBe("given key");
    }

    [Test]
    public void one_that_was_withdrawn_even_if_it_is_put_back()
    {
        var one = _bench.Publish(1);
        var two = _bench.Publish(2);
        _bench.CopyRegistry("before");
        _bench.Pull();
        _bench.Registry.Withdraw([two.Id], "a test");
        _bench.Refused(new PullOptions { Reference = two.Id }).Reason.ShouldContain("withdrawn");
        Directory.Move(Path.Combine(_bench["before"], two.Id), _bench.Registry.FolderOf(two));

        _bench.Refused(new PullOptions { Reference = two.Id }).Reason.ShouldContain("withdrawn");
        // The registry may forget it; the device does not.
        File.Delete(Path.Combine(_bench.Registry.Folder, Withdrawals.FileName));
        _bench.Refused(new PullOptions { Reference = two.Id }).Reason.ShouldContain("withdrawn");
        Should.Throw<BadInputException>(() => _bench.Store.Verify("nightly")).Reason.ShouldContain("withdrawn");
        _bench
            .Pull(
                new PullOptions
                {
                    Reference = one.Id,
                    Allowed = new HashSet<Allowance> { Allowance.Older },
                }
            )
            .Release.ShouldBe(one.Id);
    }

    [Test]
    public void one_that_was_withdrawn_whatever_the_registry_says_of_it_now()
    {
        _bench.Publish(1);
        var two = _bench.Publish(2);
        _bench.Pull();
        _bench.CopyRegistry("before");
        _bench.Registry.Withdraw([two.Id], "a test");
        _bench.Refused(new PullOptions { Reference = two.Id });
        var withdrawals = File.ReadAllBytes(Path.Combine(_bench.Registry.Folder, Withdrawals.FileName));
        var random = new Random(9);
        for (var i = 0; i < Mutations; i++)
        {
            var spoiled = (byte[])withdrawals.Clone();
            spoiled[random.Next(spoiled.Length)] ^= (byte)(1 << random.Next(7));
            File.WriteAllBytes(Path.Combine(_bench["before"], Withdrawals.FileName), spoiled);
            _bench
                .Refused(new PullOptions { Reference = two.Id }, _bench["before"])
                .Reason.ShouldNotBeNullOrWhiteSpace();
        }

        _bench.Store.Read().Adapters["nightly"].Withdrawn.ShouldContain(w => w.Id == two.Id);
    }

    [Test]
    public void one_older_than_any_number_that_was_taken_before()
    {
        var release = _bench.Publish();
        _bench.Pull();
        var state = _bench.Store.Read();
        var random = new Random(10);
        for (var i = 0; i < Mutations; i++)
        {
            var number = 2 + random.Next(int.MaxValue - 2);
            _bench.Store.Write(state.With("nightly", state.Adapters["nightly"] with { SequenceMax = number }));
            _bench.Refused(new PullOptions { Reference = release.Id }).Reason.ShouldContain($"no. {number} was taken");
        }
    }

    [Test]
    public void one_older_than_what_was_taken_before()
    {
        var releases = Enumerable.Range(1, 4).Select(seed => _bench.Publish(seed)).ToList();
        _bench.Pull();

        foreach (var older in releases.SkipLast(1))
        {
            _bench.Refused(new PullOptions { Reference = older.Id }).Reason.ShouldContain("was taken before it");
        }

        _bench.Pull(Allowing(Allowance.Older) with { Reference = releases[1].Id }).Release.ShouldBe(releases[1].Id);
    }

    [Test]
    public void one_of_another_base()
    {
        var release = _bench.Publish();
        var other = (EdgeBench.Base with { Seed = 2 }).Write(_bench["other.gguf"]);

        _bench.Refused(new PullOptions { BasePath = other }).Reason.ShouldContain(release.Base.Sha256);
    }

    [Test]
    public void one_whose_base_has_one_changed_bit()
    {
        _bench.Publish();
        var path = _bench["changed.gguf"];
        File.Copy(_bench.BasePath, path);
        var random = new Random(11);
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (var i = 0; i < Mutations; i++)
        {
            var at = random.NextInt64(file.Length);
            Flip(file, at, 1 << (i % 8));
            _bench.Refused(new PullOptions { BasePath = path }).Reason.ShouldNotBeNullOrWhiteSpace();
            Flip(file, at, 1 << (i % 8));
        }

        _bench.Pull(new PullOptions { BasePath = path }).WasHere.ShouldBeFalse();
    }

    [Test]
    public void one_whose_certificate_is_of_something_else()
    {
        _bench.Publish(certificate: EdgeBench.Certificate(_bench.BaseSha256, new string('b', 64), 2));

        _bench.Refused().Reason.ShouldContain("The certificate is not of this release's 'adapterInt4'");
    }

    [Test]
    public void one_whose_gate_is_closed()
    {
        var release = _bench.Publish(change: d => d with { Gate = new ReleaseGate("trial", false) });

        _bench.Refused().Reason.ShouldContain("gate");
        _bench.Pull(Allowing(Allowance.ClosedGate)).Release.ShouldBe(release.Id);
    }

    [Test]
    public void one_that_is_too_large()
    {
        _bench.Publish();

        _bench.Refused(new PullOptions { BytesMax = 1000 }).Reason.ShouldContain("at most 1000");
    }

    [Test]
    public void and_what_was_in_use_stays_in_use()
    {
        var one = _bench.Publish(1);
        _bench.Pull();
        var two = _bench.Publish(2);
        File.WriteAllText(Path.Combine(_bench.Registry.FolderOf(two), "adapter-int4.gguf"), "not an adapter");

        _bench.Refused();

        _bench.Store.Verify("nightly").Id.ShouldBe(one.Id);
    }

    private static void Flip(FileStream file, long at, int bit)
    {
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ bit));
        file.Flush();
    }

    private static PullOptions Allowing(Allowance allowance) =>
        new() { Allowed = new HashSet<Allowance> { allowance } };
}
