package cn.redvest.app.keys

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import cn.redvest.core.VaultException
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.io.File
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** What the phone's secure hardware holds in these tests, and how it fails. */
private object Hardware {
    val keys = HashMap<String, SecretKey>()
    var fails: Exception? = null
}

/** Android's Keystore as it is documented, as far as the vault uses it: keys by name, made by a generator of its own. */
private class Keystore : Provider("AndroidKeyStore", "1.0", "keys of tests") {
    init {
        put("KeyStore.AndroidKeyStore", Keys::class.java.name)
        put("KeyGenerator.AES", Generator::class.java.name)
    }
}

/** Its keys by name. */
class Keys : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? {
        Hardware.fails?.let { throw it }
        return Hardware.keys[alias]
    }
    override fun engineContainsAlias(alias: String): Boolean = alias in Hardware.keys
    override fun engineDeleteEntry(alias: String) { Hardware.keys -= alias }
    override fun engineAliases(): Enumeration<String> = Collections.enumeration(Hardware.keys.keys)
    override fun engineSize(): Int = Hardware.keys.size
    override fun engineIsKeyEntry(alias: String): Boolean = alias in Hardware.keys
    override fun engineIsCertificateEntry(alias: String): Boolean = false
    override fun engineGetCertificate(alias: String): Certificate? = null
    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
    override fun engineGetCertificateAlias(certificate: Certificate?): String? = null
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
    override fun engineStore(stream: OutputStream?, password: CharArray?) = throw UnsupportedOperationException()
    override fun engineSetKeyEntry(a: String?, k: Key?, p: CharArray?, c: Array<out Certificate>?) = throw UnsupportedOperationException()
    override fun engineSetKeyEntry(a: String?, k: ByteArray?, c: Array<out Certificate>?) = throw UnsupportedOperationException()
    override fun engineSetCertificateEntry(alias: String?, certificate: Certificate?) = throw UnsupportedOperationException()
}

/** Makes keys that lie in it. */
class Generator : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
    }
    override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException()
    override fun engineInit(keysize: Int, random: SecureRandom?) = throw UnsupportedOperationException()
    override fun engineGenerateKey(): SecretKey {
        Hardware.fails?.let { throw it }
        assertEquals(KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT, spec.purposes)
        assertArrayEquals(arrayOf(KeyProperties.BLOCK_MODE_GCM), spec.blockModes)
        assertFalse("keys are needed while the phone is locked", spec.isUserAuthenticationRequired)
        val key = KeyGenerator.getInstance("AES").apply { init(spec.keySize) }.generateKey()
        return key.also { Hardware.keys[spec.keystoreAlias] = it }
    }
}

@RunWith(RobolectricTestRunner::class)
class KeystoreVaultTest {
    @get:Rule
    val folder: TemporaryFolder = TemporaryFolder()

    private val secrets = "the device's key and its token".toByteArray()
    private val file: File get() = File(folder.root, "keys")

    /** As after a new start of the process. */
    private fun vault() = KeystoreVault(file)

    @Before
    fun install() {
        Hardware.keys.clear()
        Hardware.fails = null
        Security.addProvider(Keystore())
    }

    @After
    fun remove() {
        Security.removeProvider("AndroidKeyStore")
    }

    @Test
    fun what_was_saved_is_there_after_a_new_start_and_nobody_reads_it_in_the_file() {
        assertNull(vault().load())
        vault().save(secrets)
        assertArrayEquals(secrets, vault().load())
        assertFalse(file.readText(Charsets.ISO_8859_1).contains("device"))
        val before = file.readBytes()
        vault().save(secrets)
        assertFalse("each time it is closed anew", before.contentEquals(file.readBytes()))
        assertEquals(setOf("redvest-device"), Hardware.keys.keys)
        vault().save("others".toByteArray())
        assertArrayEquals("others".toByteArray(), vault().load())
    }

    @Test
    fun a_lost_key_is_said_and_the_next_enrolment_has_a_new_one() {
        vault().save(secrets)
        Hardware.keys.clear()
        assertThrows(VaultException.Unavailable::class.java) { vault().load() }
        vault().save("new".toByteArray())
        assertArrayEquals("new".toByteArray(), vault().load())
    }

    @Test
    fun a_damaged_file_is_said_and_never_taken_for_keys() {
        vault().save(secrets)
        val whole = file.readBytes()
        for (at in listOf(0, 12, whole.size - 1)) {
            file.writeBytes(whole.copyOf().also { it[at] = (it[at] + 1).toByte() })
            assertThrows("byte $at", VaultException.Unavailable::class.java) { vault().load() }
        }
        for (length in listOf(0, 5, 12, 13, whole.size - 1)) {
            file.writeBytes(whole.copyOf(length))
            assertThrows("$length bytes", VaultException.Unavailable::class.java) { vault().load() }
        }
        file.writeBytes(whole)
        assertArrayEquals(secrets, vault().load())
    }

    @Test
    fun secure_hardware_that_fails_is_said_and_what_was_saved_stays() {
        vault().save(secrets)
        val whole = file.readBytes()
        for (failure in listOf(UnrecoverableKeyException("locked"), ProviderException("Keystore operation failed"))) {
            Hardware.fails = failure
            assertThrows(VaultException.Unavailable::class.java) { vault().load() }
            assertThrows(VaultException.Unavailable::class.java) { vault().save("others".toByteArray()) }
            assertArrayEquals(whole, file.readBytes())
        }
        Hardware.fails = null
        assertArrayEquals(secrets, vault().load())
        Security.removeProvider("AndroidKeyStore")
        assertThrows("a phone without one", VaultException.Unavailable::class.java) { vault().load() }
    }

    @Test
    fun a_folder_that_cannot_be_written_is_said() {
        folder.newFile("in the way")
        assertThrows(VaultException.Unavailable::class.java) { KeystoreVault(File(folder.root, "in the way/keys")).save(secrets) }
    }
}
