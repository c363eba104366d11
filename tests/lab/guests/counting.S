# Prints "NONCE COUNT" four to five times a second and obeys the ACPI power button.
# With DEAF defined it is the same guest without ears; with LARGE it has 12 MiB of memory in use, which a migration takes its time for;
# with RESTLESS it changes all of that 18 times a second, too, which no slow migration keeps up with.
# With RECORDING it writes after each line one sector into the next 64 KiB of the first 64 MiB of its second disk, and counts on only
# when that has succeeded. tests/lab/havclab/proof.py reads what it prints.
.include "serial.S"
.ifdef LARGE
.include "memory.S"
.set FIRST_PAGE, 0x100000        # 1 MiB
.set LAST_PAGE, 0xd00000         # 13 MiB
.endif

main:
    set_up
.ifdef LARGE
    reach_all_memory
    change_all_pages
.endif
.ifndef DEAF
    listen_to_power_button
.endif
    call make_nonce
    xorl %edi, %edi              # the count
    movb $'\n', %al              # ends the line that a killed boot may have left half printed
    call print_char
next_line:
    movl %ebx, %eax
    call print_hex
    movb $' ', %al
    call print_char
    movl %edi, %eax
    call print_hex
    movb $'\n', %al
    call print_char
    incl %edi
.ifdef RECORDING
    call write_sector
.endif
    movw $4, %bp                 # the timer ticks 18.2 times a second
tick:
    hlt
.ifdef RESTLESS
    have_writes_noticed
    change_all_pages
.endif
.ifndef DEAF
    test_power_button
    jnz obey
.endif
    decw %bp
    jnz tick
    jmp next_line

.ifdef RECORDING
write_sector:
    movb $0x43, %ah              # write by block address
    movb $0, %al
    movb $0x81, %dl              # the second disk
    movw $packet, %si
    int $0x13
    jc write_sector
    addl $128, sector            # 64 KiB
    andl $131071, sector
    ret
packet:
    .byte 16, 0                  # size
    .word 1                      # sectors
    .word 0x7c00, 0              # from here
sector:
    .long 0, 0
.endif

.ifndef DEAF
obey:
    movl %ebx, %eax
    call print_hex
    movw $farewell, %si
    call print_text
    power_off
    jmp tick
farewell: .asciz " poweroff\n"
.endif

.ifdef LARGE
segments
.endif

.org 510
.word 0xaa55
