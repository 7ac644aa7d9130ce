using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Tests.Publishing;

internal sealed class a_release_is_signed
{
    [Test]
    public void by_the_key_of_its_workspace_and_says_so()
    {
        using var bench = new ReleaseBench();
        var keys = new KeyFolder(bench.Source("home"), bench.Clock);

        var release = bench.Registry.Publish(bench.Draft(), keys);

        using var key = keys.Find()!;
        release.Signature.ShouldBe(new SignatureStatus(true, key.Public.Id, key.Public.Base64));
        bench.Registry.Verify("latest").Signature!.Key.ShouldBe(key.Public.Id);
        File.ReadAllText(bench.PathOf(release, "release.json")).ShouldNotContain("isSigned");
    }

    [Test]
    public void or_says_that_it_is_not()
    {
        using var bench = new ReleaseBench();

        bench.Registry.Publish(bench.Draft()).Signature!.IsSigned.ShouldBeFalse();
    }

    [Test]
    public void and_no_byte_of_its_manifest_can_change()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft(), new KeyFolder(bench.Source("home"), bench.Clock));
        var path = bench.PathOf(release, "release.json");
        // The sequence is in no content hash: only the signature guards it.
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"sequence\": 1", "\"sequence\": 7"));

        Should
            .Throw<BadInputException>(() => bench.Registry.Verify(release.Id))
            .Reason.ShouldContain("another manifest");
    }

    [Test]
    public void and_another_key_in_place_of_the_signers_is_noticed()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft(), new KeyFolder(bench.Source("home"), bench.Clock));
        var path = bench.PathOf(release, "signature.json");
        var signature = ReleaseJson.Read<ReleaseSignature>(path, ReleaseJson.MaxSignatureBytes);
        using var other = SigningKey.Create();
        File.WriteAllBytes(path, ReleaseJson.Write(signature with { PublicKey = other.Public.Base64 }));

        Should
            .Throw<BadInputException>(() => bench.Registry.Verify(release.Id))
            .Reason.ShouldContain("not one of the key");
    }

    [Test]
    public void a_key_is_its_owners_alone()
    {
        using var folder = new TemporaryFolder();
        var keys = new KeyFolder(folder.Path, TimeProvider.System);
        keys.Create().Dispose();

        File.GetUnixFileMode(keys.KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(keys.KeyPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Should.Throw<BadInputException>(() => keys.Find()).Remedy.ShouldContain("chmod 600");
    }

    [Test]
    public void a_second_key_is_not_made_by_accident()
    {
        using var folder = new TemporaryFolder();
        var keys = new KeyFolder(folder.Path, TimeProvider.System);
        keys.Create().Dispose();

        Should.Throw<BadInputException>(() => keys.Create()).Remedy.ShouldContain("rotate");
    }

    [Test]
    public void a_rotation_is_said_by_the_old_key()
    {
        using var folder = new TemporaryFolder();
        var keys = new KeyFolder(folder.Path, TimeProvider.System);
        keys.Create().Dispose();
        keys.Rotate(lastSequence: 4).Dispose();

        var rotation = keys.Public().Rotations.ShouldHaveSingleItem();
        rotation.IsGenuine().ShouldBeTrue();
        rotation.To.ShouldBe(keys.Public().Current);
        using var stranger = SigningKey.Create();
        (rotation with { To = stranger.Public.Base64 }).IsGenuine().ShouldBeFalse();
        (rotation with { LastSequence = 5 }).IsGenuine().ShouldBeFalse();
    }

    [Test]
    public void a_number_of_a_withdrawn_release_is_not_given_again()
    {
        using var bench = new ReleaseBench();
        var first = bench.Registry.Publish(bench.Draft("one"));
        bench.Registry.Withdraw([first.Id], "a test");

        bench.Registry.Publish(bench.Draft("two")).Sequence.ShouldBe(2);
        Withdrawals.Read(bench.Registry.Folder).Hold(first).ShouldBeTrue();
    }
}
