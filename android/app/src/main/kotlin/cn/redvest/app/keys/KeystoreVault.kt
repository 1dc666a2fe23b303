package cn.redvest.app.keys

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.util.AtomicFile
import cn.redvest.core.KeyVault
import cn.redvest.core.VaultException
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The device's keys in a file that only a key of Android's Keystore opens: that key never leaves the phone's secure
 * hardware, where it has one, and no backup carries it to another phone.
 */
class KeystoreVault(
    file: File,
    /** The key that closes the file. */
    private val key: () -> SecretKey = ::keystoreKey,
) : KeyVault {
    private val kept = AtomicFile(file)

    override fun load(): ByteArray? = failing {
        if (!kept.baseFile.exists()) return@failing null
        val bytes = kept.readFully()
        if (bytes.size <= IV) throw IOException("the file of keys is too short")
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key(), GCMParameterSpec(TAG_BITS, bytes, 0, IV))
        cipher.doFinal(bytes, IV, bytes.size - IV)
    }

    override fun save(secrets: ByteArray): Unit = failing {
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.ENCRYPT_MODE, key())
        val closed = cipher.doFinal(secrets)
        val stream = kept.startWrite()
        try {
            stream.write(cipher.iv)
            stream.write(closed)
            // Syncs the file before it takes the place of the old one.
            kept.finishWrite(stream)
        } catch (error: IOException) {
            kept.failWrite(stream)
            throw error
        }
    }

    private inline fun <T> failing(work: () -> T): T = try {
        work()
    } catch (error: GeneralSecurityException) {
        throw VaultException.Unavailable(error.javaClass.simpleName)
    } catch (error: ProviderException) {
        // How the secure hardware says that it failed; no checked exception, unlike all others.
        throw VaultException.Unavailable(error.javaClass.simpleName)
    } catch (error: IOException) {
        throw VaultException.Unavailable(error.javaClass.simpleName)
    }
}

private const val CIPHER = "AES/GCM/NoPadding"

/** Bytes of the number that makes each encryption differ. */
private const val IV = 12

private const val TAG_BITS = 128
private const val STORE = "AndroidKeyStore"
private const val ALIAS = "redvest-device"

private fun keystoreKey(): SecretKey {
    val store = KeyStore.getInstance(STORE).apply { load(null) }
    (store.getKey(ALIAS, null) as? SecretKey)?.let { return it }
    val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
    generator.init(
        KeyGenParameterSpec.Builder(ALIAS, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build(),
    )
    return generator.generateKey()
}
